//! Lists of executions, in pages, within a limited number of steps.

use serde::Serialize;

use crate::dashboard::query::Selector;
use crate::dashboard::row::Row;
use crate::docket::backend::call::Target;
use crate::docket::error::BackendError;
use crate::docket::handle::Docket;
use crate::docket::model::filter::{Cursor, Range};
use crate::docket::model::key::Key;

/// The number of executions of one page.
pub(crate) const PAGE: usize = 50;

/// The number of steps of one request. A step examines at most 4000 executions of a file and 500 in Redis, so a search
/// that finds little ends with a place to continue at instead of loading the store.
const STEPS: usize = 4;

/// One page of a list, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    rows: Vec<Row>,
    /// The place at which the next page begins, as text; `None` at the end of the list.
    next: Option<String>,
}

/// Returns the next executions after `after`.
pub(crate) async fn find(
    docket: &Docket,
    selector: &Selector,
    after: Option<u64>,
) -> Result<Found, BackendError> {
    let backend = docket.backend();
    let mut rows = Vec::new();
    // The key itself needs no search.
    let key = selector.key.as_deref().filter(|key| !key.is_empty());
    if let Some(key) = key.filter(|_| after.is_none()) {
        let target = Target::Key(Key::from(key));
        let exact = backend.find(&target).await?;
        rows.extend(
            exact
                .filter(|it| selector.matches(it))
                .as_ref()
                .map(Row::new),
        );
    }
    let filter = selector.filter().newest_first();
    let mut next = after.map(Cursor);
    for _ in 0..STEPS {
        let range = Range {
            after: next,
            until: None,
        };
        let part = backend.list(&filter, range, PAGE - rows.len()).await?;
        for row in part.executions.iter().map(Row::new) {
            if rows.iter().all(|known| known.id != row.id) {
                rows.push(row);
            }
        }
        next = part.next;
        if next.is_none() || rows.len() >= PAGE {
            break;
        }
    }
    Ok(Found {
        rows,
        next: next.map(|at| at.0.to_string()),
    })
}

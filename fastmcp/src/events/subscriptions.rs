//! The subscriptions in the docket.
//!
//! A subscription is an execution that is due when it expires. The run does nothing: it only ends the execution.

use std::time::Duration;

use crate::docket::backend::call::Target;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::filter::{Cursor, Filter};
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::{Submission, WhileRunning};
use crate::events::names;
use crate::events::stored::{Subscription, now_ms};

/// The number of subscriptions that are read at once.
const PAGE: usize = 500;

/// Stores a subscription, in place of the one with the same ID.
pub(crate) async fn store(
    docket: &Docket,
    subscription: &Subscription,
    owner: &str,
) -> Result<(), DocketError> {
    let left = subscription.expires.saturating_sub(now_ms()).max(1);
    let note = serde_json::to_vec(subscription).map_err(|error| DocketError::Payload {
        task: names::subscription_task(&subscription.event),
        problem: error.to_string(),
    })?;
    let submission = Submission::new(names::subscription_task(&subscription.event), "{}")
        .key(names::subscription_key(&subscription.id))
        .owner(names::owner(owner))
        .note(note)
        .after(Duration::from_millis(left))
        .replace(WhileRunning::Queue);
    docket.submit(submission).await.map(drop)
}

/// Returns the subscription with this ID, unless it has ended.
pub(crate) async fn find(docket: &Docket, id: &str) -> Result<Option<Subscription>, DocketError> {
    let target = Target::Key(names::subscription_key(id));
    let record = docket.backend().find(&target).await?;
    Ok(record.and_then(|record| read(&record)))
}

/// Ends a subscription. What is queued for it is dropped when its turn comes.
pub(crate) async fn remove(docket: &Docket, id: &str) -> Result<(), DocketError> {
    docket.cancel(names::subscription_key(id)).await.map(drop)
}

/// Returns some subscriptions to an event, and the place of the next ones.
pub(crate) async fn page(
    docket: &Docket,
    event: &str,
    after: Option<Cursor>,
) -> Result<(Vec<Subscription>, Option<Cursor>), DocketError> {
    let filter = Filter::new()
        .task(names::subscription_task(event))
        .state(ExecutionState::Scheduled);
    let page = docket.list(&filter, after, PAGE).await?;
    let subscriptions = page.executions.iter().filter_map(read).collect();
    Ok((subscriptions, page.next))
}

fn read(record: &Record) -> Option<Subscription> {
    if record.state.is_terminal() {
        return None;
    }
    let subscription: Subscription = match serde_json::from_slice(record.note.as_deref()?) {
        Ok(subscription) => subscription,
        Err(error) => {
            // The position is enough: the text of the error could repeat a part of the note.
            let (line, column) = (error.line(), error.column());
            tracing::error!(key = %record.key, line, column, "a stored subscription cannot be read");
            return None;
        }
    };
    (!subscription.is_expired()).then_some(subscription)
}

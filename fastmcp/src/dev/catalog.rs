//! [`Catalog`]: the lists of a server, as its clients see them.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

/// The number of pages of a list that are read. A server whose cursors never end would be read forever.
const MAX_PAGES: usize = 100;

/// The lists of a server.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Catalog {
    pub(super) tools: Vec<Value>,
    pub(super) resources: Vec<Value>,
    pub(super) templates: Vec<Value>,
    pub(super) prompts: Vec<Value>,
}

/// Sends a request, and returns the whole response. `None` if the server has ended.
pub(super) type Ask<'a> =
    dyn Fn(&'static str, Value) -> BoxFuture<'a, Option<Value>> + Send + Sync + 'a;

impl Catalog {
    /// Reads the lists. `None` if the server refuses or ends; a list that it does not have is empty.
    pub(super) async fn read(ask: &Ask<'_>) -> Option<Self> {
        Some(Self {
            tools: read(ask, "tools/list", "tools").await?,
            resources: read(ask, "resources/list", "resources").await?,
            templates: read(ask, "resources/templates/list", "resourceTemplates").await?,
            prompts: read(ask, "prompts/list", "prompts").await?,
        })
    }
}

async fn read(ask: &Ask<'_>, method: &'static str, key: &str) -> Option<Vec<Value>> {
    const METHOD_NOT_FOUND: i64 = -32601;

    let mut items = Vec::new();
    let mut params = json!({});
    for _ in 0..MAX_PAGES {
        let mut response = ask(method, params.clone()).await?;
        if response["error"]["code"] == METHOD_NOT_FOUND {
            return Some(items);
        }
        let Value::Array(page) = response["result"][key].take() else {
            return None;
        };
        items.extend(page);
        match response["result"]["nextCursor"].take() {
            Value::String(cursor) => params = json!({ "cursor": cursor }),
            _ => break,
        }
    }
    Some(items)
}

//! [`TaskFilter`]: the member `taskIds` of a `subscriptions/listen` request (SEP-2663, "Task notifications").
//!
//! The protocol library decodes the filter without this member, and drops it. It decodes a request whose parameters do
//! not fit as one of an unknown method, with all of its parameters. So the transports [rename](rewrite) the filter of a
//! request that names tasks, and this server answers the request itself.

use std::collections::BTreeSet;

use memchr::memmem;
use rmcp::ErrorData;
use rmcp::model::{ClientRequest, CustomRequest, SubscriptionFilter};
use serde_json::Value;

pub(crate) const LISTEN: &str = "subscriptions/listen";

/// The name of the filter in a renamed request.
const FILTER: &str = "fastmcp/notifications";

/// The maximum number of tasks in one request. Each costs memory, and may cost a channel of the docket.
const MAX_TASKS: usize = 100;

/// The filter of a request that names tasks.
#[derive(Debug, Clone)]
pub(crate) struct TaskFilter {
    /// The IDs, each once.
    pub(crate) tasks: BTreeSet<String>,
    /// The other members.
    pub(crate) other: SubscriptionFilter,
}

/// Returns a `subscriptions/listen` request that names tasks in a form that reaches
/// [`ServerHandler::on_custom_request`](rmcp::ServerHandler::on_custom_request); `None` for any other message.
pub(crate) fn rewrite(message: &[u8]) -> Option<Vec<u8>> {
    memmem::find(message, b"\"subscriptions/listen\"")?;
    memmem::find(message, b"\"taskIds\"")?;
    let mut message: Value = serde_json::from_slice(message).ok()?;
    if message["method"] != LISTEN {
        return None;
    }
    let params = message.get_mut("params")?.as_object_mut()?;
    params.get("notifications")?.get("taskIds")?;
    let filter = params.remove("notifications")?;
    params.insert(FILTER.to_owned(), filter);
    serde_json::to_vec(&message).ok()
}

/// Returns whether the request is a [renamed](rewrite) one.
pub(crate) fn is_rewritten(request: &CustomRequest) -> bool {
    let params = request.params.as_ref();
    request.method == LISTEN && params.is_some_and(|it| it.get(FILTER).is_some())
}

/// Returns whether a request ends only with the connection.
pub(crate) fn is_endless(request: &ClientRequest) -> bool {
    match request {
        ClientRequest::SubscriptionsListenRequest(_) => true,
        ClientRequest::CustomRequest(request) => is_rewritten(request),
        _ => false,
    }
}

impl TaskFilter {
    /// Reads the filter of a [renamed](rewrite) request.
    pub(crate) fn read(request: &CustomRequest) -> Result<Self, ErrorData> {
        let invalid = |problem: String| {
            let text = format!("invalid parameters of `{LISTEN}`: {problem}");
            ErrorData::invalid_params(text, None)
        };
        let filter = request.params.as_ref().and_then(|it| it.get(FILTER));
        let mut filter = filter.cloned().unwrap_or_default();
        let tasks = filter.as_object_mut().and_then(|it| it.remove("taskIds"));
        let tasks: BTreeSet<String> =
            serde_json::from_value(tasks.unwrap_or_default()).map_err(|_| {
                invalid("notifications.taskIds: expected an array of strings".to_owned())
            })?;
        if tasks.len() > MAX_TASKS {
            let problem = format!(
                "notifications.taskIds: {} tasks, and one subscription has at most {MAX_TASKS}",
                tasks.len()
            );
            return Err(invalid(problem));
        }
        let other = serde_json::from_value(filter)
            .map_err(|error| invalid(format!("notifications: {error}")))?;
        Ok(Self { tasks, other })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rewritten(params: Value) -> Option<CustomRequest> {
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": LISTEN, "params": params }).to_string();
        let message: Value = serde_json::from_slice(&rewrite(message.as_bytes())?).unwrap();
        // This is how the library decodes it.
        let request: ClientRequest = serde_json::from_value(message).unwrap();
        match request {
            ClientRequest::CustomRequest(request) => Some(request),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_filter_that_names_tasks_reaches_the_server() {
        let params = json!({ "notifications": {
            "taskIds": ["b", "a", "b"],
            "toolsListChanged": true,
            "later": { "than": 1 },
        } });
        let request = rewritten(params).unwrap();
        assert!(is_rewritten(&request));
        let filter = TaskFilter::read(&request).unwrap();
        assert_eq!(filter.tasks.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(filter.other.tools_list_changed, Some(true));
    }

    #[test]
    fn other_messages_stay_as_they_are() {
        assert!(rewritten(json!({ "notifications": { "toolsListChanged": true } })).is_none());
        assert!(rewritten(json!({ "taskIds": [], "notifications": {} })).is_none());
        for message in [
            &br#"{"method":"tools/call","params":{"arguments":{"a":"subscriptions/listen","taskIds":[]}}}"#[..],
            br#"{"method":"subscriptions/listen","taskIds"#,
        ] {
            assert!(rewrite(message).is_none());
        }
    }

    #[test]
    fn unfit_filters_are_errors() {
        let many: Vec<String> = (0..=MAX_TASKS).map(|it| it.to_string()).collect();
        for (filter, expected) in [
            (json!({ "taskIds": "a" }), "taskIds: expected an array"),
            (json!({ "taskIds": [7] }), "taskIds: expected an array"),
            (json!({ "taskIds": many }), "at most 100"),
            (
                json!({ "taskIds": [], "toolsListChanged": "yes" }),
                "notifications: ",
            ),
        ] {
            let request = rewritten(json!({ "notifications": filter })).unwrap();
            let error = TaskFilter::read(&request).unwrap_err();
            assert!(error.message.contains(expected), "{error:?}");
        }
    }
}

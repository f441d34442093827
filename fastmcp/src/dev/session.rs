//! [`Session`]: what a client has told the server, and the next server has to learn.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::context::change::ListKind;

/// The key of `_meta` in the notifications of a `subscriptions/listen` request (MCP 2026-07-28, "Subscriptions").
pub(super) const SUBSCRIPTION_ID: &str = "io.modelcontextprotocol/subscriptionId";

/// The request that opens a stream of notifications (MCP 2026-07-28).
pub(super) const LISTEN: &str = "subscriptions/listen";

/// The state of a session of a revision before 2026-07-28.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Session {
    /// The parameters of `initialize`.
    pub(super) initialize: Option<Value>,
    pub(super) is_initialized: bool,
    level: Option<Value>,
    subscriptions: BTreeSet<String>,
}

/// Returns whether the next server has to know a message with this method.
pub(super) fn changes_session(method: &str) -> bool {
    matches!(
        method,
        "initialize"
            | "notifications/initialized"
            | "logging/setLevel"
            | "resources/subscribe"
            | "resources/unsubscribe"
    )
}

impl Session {
    /// Remembers a message of the client, if the next server has to know it.
    pub(super) fn observe(&mut self, message: &Value) {
        let params = &message["params"];
        match message["method"].as_str() {
            Some("initialize") => self.initialize = Some(params.clone()),
            Some("notifications/initialized") => self.is_initialized = true,
            Some("logging/setLevel") => self.level = Some(params.clone()),
            Some("resources/subscribe") => {
                self.subscriptions
                    .extend(params["uri"].as_str().map(str::to_owned));
            }
            Some("resources/unsubscribe") => {
                self.subscriptions
                    .remove(params["uri"].as_str().unwrap_or_default());
            }
            _ => {}
        }
    }

    /// Returns the requests and the notifications that bring a server which knows `known` to this state.
    pub(super) fn replay(&self, known: &Self) -> Vec<(&'static str, Value)> {
        let mut messages = Vec::new();
        if let Some(params) = self
            .initialize
            .as_ref()
            .filter(|_| known.initialize.is_none())
        {
            messages.push(("initialize", params.clone()));
        }
        if self.is_initialized && !known.is_initialized {
            messages.push(("notifications/initialized", json!({})));
        }
        if let Some(level) = self.level.as_ref().filter(|_| self.level != known.level) {
            messages.push(("logging/setLevel", level.clone()));
        }
        let uri = |uri: &String| json!({ "uri": uri });
        let new = self.subscriptions.difference(&known.subscriptions);
        messages.extend(new.map(|it| ("resources/subscribe", uri(it))));
        let gone = known.subscriptions.difference(&self.subscriptions);
        messages.extend(gone.map(|it| ("resources/unsubscribe", uri(it))));
        messages
    }
}

/// Returns the notification that a list has changed.
pub(super) fn list_changed(list: ListKind) -> Value {
    let method = match list {
        ListKind::Tools => "notifications/tools/list_changed",
        ListKind::Resources => "notifications/resources/list_changed",
        ListKind::Prompts => "notifications/prompts/list_changed",
    };
    json!({ "jsonrpc": "2.0", "method": method })
}

/// Returns the notification for a `subscriptions/listen` request; `None` if the client has not asked for it.
pub(super) fn list_changed_for(listen: &Value, list: ListKind) -> Option<Value> {
    let key = match list {
        ListKind::Tools => "toolsListChanged",
        ListKind::Resources => "resourcesListChanged",
        ListKind::Prompts => "promptsListChanged",
    };
    let is_wanted = listen["params"]["notifications"][key] == true;
    is_wanted.then(|| {
        let mut message = list_changed(list);
        message["params"]["_meta"][SUBSCRIPTION_ID] = listen["id"].clone();
        message
    })
}

/// Returns the ID under which a client gets a question of a server. The servers count their questions from the start.
pub(super) fn id_for_client(server: u64, id: &Value) -> Value {
    Value::from(format!("{server}:{id}"))
}

/// Returns the server that has asked, and its ID of the question.
pub(super) fn id_for_server(id: &Value) -> Option<(u64, Value)> {
    let (server, id) = id.as_str()?.split_once(':')?;
    Some((server.parse().ok()?, serde_json::from_str(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observed(messages: &[Value]) -> Session {
        let mut session = Session::default();
        for message in messages {
            session.observe(message);
        }
        session
    }

    #[test]
    fn a_new_server_learns_what_the_old_one_knew() {
        let message = |method: &str, params: Value| json!({ "method": method, "params": params });
        let uri = |uri: &str| json!({ "uri": uri });
        let known = observed(&[
            message("initialize", json!({ "protocolVersion": "2025-11-25" })),
            message("resources/subscribe", uri("a://1")),
            message("resources/subscribe", uri("a://2")),
        ]);
        let mut session = known.clone();
        for next in [
            message("notifications/initialized", json!({})),
            message("logging/setLevel", json!({ "level": "debug" })),
            message("resources/unsubscribe", uri("a://1")),
            message("resources/subscribe", uri("a://3")),
        ] {
            session.observe(&next);
        }
        let methods = |messages: Vec<(&'static str, Value)>| {
            let methods = messages.into_iter().map(|(method, _)| method);
            methods.collect::<Vec<_>>()
        };
        assert_eq!(
            methods(session.replay(&Session::default())),
            [
                "initialize",
                "notifications/initialized",
                "logging/setLevel",
                "resources/subscribe",
                "resources/subscribe"
            ]
        );
        assert_eq!(
            session.replay(&known),
            [
                ("notifications/initialized", json!({})),
                ("logging/setLevel", json!({ "level": "debug" })),
                ("resources/subscribe", uri("a://3")),
                ("resources/unsubscribe", uri("a://1")),
            ]
        );
        assert!(session.replay(&session).is_empty());
    }

    #[test]
    fn the_id_of_a_question_names_its_server() {
        for id in [json!(7), json!("seven: 7"), json!("\u{1}\"")] {
            assert_eq!(id_for_server(&id_for_client(12, &id)), Some((12, id)));
        }
        for other in [
            json!(7),
            json!("7"),
            json!("x:7"),
            json!("1:x"),
            json!(null),
        ] {
            assert_eq!(id_for_server(&other), None, "{other}");
        }
    }
}

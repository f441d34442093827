//! [`Events`]: the events of a stream, with the IDs that name their server.

use bytes::{Bytes, BytesMut};
use serde_json::Value;

use crate::dev::session::{id_for_client, id_for_server};

/// The end of an event.
const END: &[u8] = b"\n\n";

/// Splits a stream into its events.
#[derive(Debug)]
pub(super) struct Events {
    server: u64,
    rest: BytesMut,
    /// The length of the part of `rest` that contains no end.
    searched: usize,
}

/// One event, as the client gets it.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) text: Bytes,
    /// The message; `null` if there is none.
    pub(super) message: Value,
}

impl Events {
    pub(super) fn new(server: u64) -> Self {
        Self {
            server,
            rest: BytesMut::new(),
            searched: 0,
        }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.rest.extend_from_slice(chunk);
    }

    /// Returns the next complete event. The IDs of events and of questions get the number of the server, because
    /// servers count them from the start.
    pub(super) fn next(&mut self) -> Option<Event> {
        let Some(end) = memchr::memmem::find(&self.rest[self.searched..], END) else {
            self.searched = self.rest.len().saturating_sub(1);
            return None;
        };
        let event = self.rest.split_to(self.searched + end + END.len());
        self.searched = 0;
        let mut text = String::new();
        let mut message = Value::Null;
        for line in String::from_utf8_lossy(&event).trim_end().split('\n') {
            match line
                .split_once(':')
                .map(|(field, value)| (field, value.trim_start()))
            {
                Some(("id", id)) => {
                    text.push_str("id: ");
                    text.push_str(&event_id_for_client(self.server, id));
                }
                Some(("data", data)) => {
                    message = serde_json::from_str(data).unwrap_or_default();
                    let is_question = message["method"].is_string() && !message["id"].is_null();
                    if is_question {
                        message["id"] = id_for_client(self.server, &message["id"]);
                        text.push_str("data: ");
                        text.push_str(&message.to_string());
                    } else {
                        text.push_str(line);
                    }
                }
                _ => text.push_str(line),
            }
            text.push('\n');
        }
        text.push('\n');
        Some(Event {
            text: text.into(),
            message,
        })
    }
}

/// Returns an event with this message.
pub(super) fn event(message: &Value) -> Bytes {
    format!("event: message\ndata: {message}\n\n").into()
}

fn event_id_for_client(server: u64, id: &str) -> String {
    format!("{server}-{id}")
}

/// Returns the server that has sent an event, and its ID of the event.
pub(super) fn event_id_for_server(id: &str) -> Option<(u64, &str)> {
    let (server, id) = id.split_once('-')?;
    Some((server.parse().ok()?, id))
}

/// Returns the server that has asked the question to which `message` is the answer, and the answer with its ID.
pub(super) fn answer_for_server(message: &Value) -> Option<(u64, Value)> {
    if message["method"].is_string() {
        return None;
    }
    let (server, id) = id_for_server(&message["id"])?;
    let mut answer = message.clone();
    answer["id"] = id;
    Some((server, answer))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_arrive_in_any_pieces_and_name_their_server() {
        let stream = ": hello\n\nid: 7\nevent: message\ndata: {\"method\":\"ping\",\"id\":1}\n\ndata: {\"id\":1,\"result\":\"é\"}\n\nid: 8";
        for size in [1, 2, 7, stream.len()] {
            let mut events = Events::new(3);
            let mut read = Vec::new();
            for chunk in stream.as_bytes().chunks(size) {
                events.push(chunk);
                read.extend(std::iter::from_fn(|| events.next()));
            }
            let texts: Vec<_> = read
                .iter()
                .map(|it| std::str::from_utf8(&it.text).unwrap())
                .collect();
            assert_eq!(texts[0], ": hello\n\n");
            assert!(
                texts[1].starts_with("id: 3-7\nevent: message\ndata: {"),
                "{}",
                texts[1]
            );
            assert_eq!(read[1].message, json!({ "method": "ping", "id": "3:1" }));
            assert_eq!(texts[2], "data: {\"id\":1,\"result\":\"é\"}\n\n");
            assert_eq!(texts.len(), 3);
        }
        assert_eq!(event_id_for_server("3-7-0"), Some((3, "7-0")));
        assert_eq!(event_id_for_server("7"), None);
    }
}

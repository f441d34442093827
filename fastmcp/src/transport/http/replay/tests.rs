//! Tests of the event log.

use rmcp::model::{ErrorData, ServerJsonRpcMessage};

use super::*;

fn event() -> ServerSseMessage {
    ServerSseMessage::default()
}

fn large_event(bytes: usize) -> ServerSseMessage {
    let error = ErrorData::internal_error("x".repeat(bytes), None);
    ServerSseMessage::from_message(ServerJsonRpcMessage::error(error, None))
}

/// Returns the IDs of the events that are available, and whether the stream has ended.
fn ids(reader: &Reader) -> (Vec<String>, bool) {
    let mut ids = Vec::new();
    loop {
        match reader.log.next(reader.id) {
            Ok(Some(event)) => ids.extend(event.event_id),
            Ok(None) => return (ids, true),
            Err(()) => return (ids, false),
        }
    }
}

#[test]
fn a_new_connection_gets_missed_events_once() {
    let log = EventLog::new("7");
    let first = log.read(ReplayFrom::Start);
    log.push(event());
    assert_eq!(ids(&first).0, ["0/7"]);
    drop(first);
    log.push(event());
    log.push(event());
    let second = log.read(ReplayFrom::After(0));
    log.push(event());
    log.end();
    assert_eq!(
        ids(&second),
        (["1/7", "2/7", "3/7"].map(String::from).to_vec(), true)
    );
    let late = log.read(ReplayFrom::After(2));
    assert_eq!(ids(&late), (vec!["3/7".to_owned()], true));
}

#[tokio::test]
async fn an_event_without_a_message_has_an_id_of_its_own() {
    let log = EventLog::new("n");
    let retry = Duration::from_secs(3);
    let mut first = log.read_primed(ReplayFrom::Start, retry);
    let primed = first.recv().await.unwrap();
    assert_eq!(primed.event_id.as_deref(), Some("0/n"));
    drop(first);
    log.push(event());
    let mut second = log.read(ReplayFrom::After(0));
    let missed = second.recv().await.unwrap();
    assert_eq!(missed.event_id.as_deref(), Some("1/n"));
    let mut third = log.read_primed(ReplayFrom::Now, retry);
    log.push(event());
    for id in ["2/n", "3/n"] {
        let event = third.recv().await.unwrap();
        assert_eq!(event.event_id.as_deref(), Some(id));
    }
}

#[test]
fn the_newer_of_two_connections_reads_and_the_older_stays_open() {
    let log = EventLog::new("n");
    let older = log.read(ReplayFrom::Start);
    let newer = log.read(ReplayFrom::Now);
    log.push(event());
    assert_eq!(ids(&older), (vec![], false));
    assert_eq!(ids(&newer), (vec!["0/n".to_owned()], false));
    log.disconnect();
    log.push(event());
    assert_eq!(ids(&newer), (vec![], true));
    let connections: Vec<Reader> = (0..=MAX_REPLACED + 1)
        .map(|_| log.read(ReplayFrom::Now))
        .collect();
    assert!(ids(&connections[0]).1, "the oldest is closed");
    assert!(!ids(&connections[1]).1);
}

#[test]
fn an_unread_log_is_bounded_in_bytes_and_keeps_the_response() {
    let log = EventLog::new("n");
    let slow = log.read(ReplayFrom::Start);
    for _ in 0..30 {
        log.push(large_event(100_000));
    }
    assert!(log.bytes() <= MAX_BYTES);
    assert!(ids(&slow).1, "too far behind");
    log.push(large_event(2 * MAX_BYTES));
    log.end();
    let again = log.read(ReplayFrom::After(29));
    assert_eq!(ids(&again), (vec!["30/n".to_owned()], true));
    assert_eq!(log.state().events.len(), 1);
}

#[test]
fn an_unread_log_is_bounded_in_events() {
    let log = EventLog::new("n");
    for _ in 0..=MAX_EVENTS {
        log.push(event());
    }
    assert_eq!(log.state().events.len(), MAX_EVENTS);
}

#[tokio::test(start_paused = true)]
async fn handlers_wait_for_a_connection_that_is_behind() {
    let log = EventLog::new("n");
    let waits = async |log: &EventLog| {
        let ready = tokio::time::timeout(Duration::from_secs(1), log.ready());
        ready.await.is_err()
    };
    let push = |events| (0..events).for_each(|_| log.push(large_event(100_000)));
    push(6);
    assert!(!waits(&log).await, "no connection");
    let mut slow = log.read(ReplayFrom::Start);
    assert!(waits(&log).await);
    slow.recv().await.unwrap();
    assert!(!waits(&log).await, "the connection has read an event");
    push(1);
    assert!(waits(&log).await);
    drop(slow);
    assert!(!waits(&log).await, "the client has disconnected");
}

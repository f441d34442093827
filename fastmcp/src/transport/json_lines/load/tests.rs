//! Tests of the calls of the fast path among the requests in flight.

use std::ops::Range;

use rmcp::model::{
    CancelledNotificationParam, ClientJsonRpcMessage, ClientNotification, Notification, RequestId,
};

use super::*;

fn cancel(load: &SharedLoad, id: &RequestId) -> Received {
    let cancelled = Notification::new(CancelledNotificationParam::new(Some(id.clone()), None));
    let cancelled = ClientNotification::CancelledNotification(cancelled);
    load.received(&ClientJsonRpcMessage::notification(cancelled))
}

#[test]
fn the_response_of_a_cancelled_call_is_dropped_and_its_id_is_free() {
    let load = SharedLoad::default();
    let ids = [1, 2, 3].map(RequestId::Number);
    let [first, second, third] = ids.each_ref().map(|id| load.accept(id, "a").unwrap());
    assert!(load.accept(&ids[1], "a").is_none(), "the ID is in flight");

    let token = CancellationToken::new();
    assert!(load.set_cancellation(&second, &token));
    assert_eq!(cancel(&load, &ids[1]), Received::Handled);
    assert!(token.is_cancelled());
    // The library may know an ID that is not in flight here.
    assert_eq!(cancel(&load, &ids[1]), Received::Accepted);
    assert!(!load.set_cancellation(&second, &token));

    let again = load.accept(&ids[1], "a").unwrap();
    let (queued, cancelled) = load.answered(&[(first, 10), (second, 25), (third, 30)]);
    assert_eq!(cancelled, vec![Range { start: 10, end: 25 }]);
    assert_eq!(load.read().queued, 15);
    assert_eq!(
        load.read().unfinished().collect::<Vec<_>>(),
        ["tools/call `a`"]
    );
    drop(queued);
    assert!(load.read().is_written() && !load.read().is_idle());
    drop(load.answered(&[(again, 1)]));
    assert!(load.read().is_idle());
}

#[test]
fn a_reader_waits_while_too_many_batches_run() {
    let load = SharedLoad::default();
    let mut batches: Vec<_> = (0..MAX_BATCHES).map(|_| load.start_batch()).collect();
    assert!(!load.read().has_room());
    batches.pop();
    assert!(load.read().has_room());
}

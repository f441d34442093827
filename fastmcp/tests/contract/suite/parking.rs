//! Notes of executions, and executions that are parked until an amendment wakes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use fastmcp::docket::backend::{Claimed, Command, Settled, Verdict};
use fastmcp::docket::{
    Amended, Cancelled, ConcurrencyLimit, Docket, DocketError, Event, Execution, ExecutionId,
    ExecutionState, Failure, FailureKind, Handlers, Limits, Outcome, Policy, Repeat, Retry,
    Submission, WhileRunning,
};

use crate::stage::{
    Stage, TICK, claim_one, claim_within_a_tick, completed, settle, submit, work, worker, worker_of,
};

fn parked(note: &'static str) -> Verdict {
    Verdict::Parked { note: note.into() }
}

/// Submits, claims and parks one execution.
async fn park(docket: &Docket, submission: Submission, note: &'static str) -> Execution {
    let execution = submit(docket, submission).await;
    let run = claim_one(docket, "w").await;
    assert_eq!(
        settle(docket, run.hold, parked(note)).await,
        Settled::Done(ExecutionState::Scheduled)
    );
    execution
}

async fn note_of(execution: &Execution) -> Option<Bytes> {
    execution.record().await.unwrap().note
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is compared with what a record has"
)]
fn text(note: &'static str) -> Option<Bytes> {
    Some(Bytes::from_static(note.as_bytes()))
}

/// A body that parks until its note is `yes`, then returns its attempt and delivery.
async fn ask(delivery: fastmcp::docket::Delivery) -> Outcome {
    match delivery.note().map(|note| &note[..]) {
        Some(b"yes") => {
            let execution = delivery.execution();
            Outcome::json(&(execution.attempt(), execution.delivery()))
        }
        _ => Outcome::Park { note: "?".into() },
    }
}

pub(crate) async fn a_note_survives_retries_and_lost_leases(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2).delay(TICK),
        ..Policy::default()
    };
    let execution = submit(&docket, work("k").note("n")).await;
    assert_eq!(note_of(&execution).await, text("n"));
    let seen = |run: &Claimed| assert_eq!(run.note, text("n"));
    let lost = claim_one(&docket, "dies").await;
    seen(&lost);
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.hold.id, lost.hold.id, "delivered again");
    seen(&run);
    settle(&docket, run.hold, Verdict::HandBack).await;
    let run = claim_one(&docket, "w").await;
    seen(&run);
    settle(&docket, run.hold, Verdict::Snoozed { after: TICK }).await;
    let run = claim_one(&docket, "w").await;
    seen(&run);
    let failure = Failure::error("once more");
    let retry = Verdict::Retry {
        failure,
        after: TICK,
    };
    settle(&docket, run.hold, retry).await;
    let worker = worker(&docket, policy, |delivery| async move {
        assert_eq!(delivery.note().map(|note| &note[..]), Some(&b"n"[..]));
        Outcome::done()
    });
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.clone().typed::<()>().result().await, Ok(()));
    assert_eq!(note_of(&execution).await, text("n"), "and after the end");
}

pub(crate) async fn a_missing_note_differs_from_an_empty_one(stage: &Stage) {
    let docket = stage.docket();
    let without = submit(&docket, work("without")).await;
    let empty = submit(&docket, work("empty").note("")).await;
    assert_eq!(note_of(&without).await, None);
    assert_eq!(note_of(&empty).await, text(""));
    assert_eq!(claim_one(&docket, "w").await.note, None);
    assert_eq!(claim_one(&docket, "w").await.note, text(""));
}

pub(crate) async fn the_next_run_of_a_perpetual_task_begins_without_a_note(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let policy = Policy {
        repeat: Some(Repeat::Every(TICK)),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, move |delivery| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert_eq!(delivery.note().is_some(), run == 0);
            delivery.next_run().after(TICK);
            if run == 1 {
                delivery.next_run().stop();
            }
            Outcome::done()
        }
    });
    submit(&docket, work("k").note("of the first run")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

pub(crate) async fn a_replay_keeps_the_note_of_its_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k").note("n")).await;
    let run = claim_one(&docket, "w").await;
    let reason = "a test".into();
    settle(&docket, run.hold, Verdict::Buried { reason }).await;
    docket.replay("k").await.unwrap();
    assert_eq!(claim_one(&docket, "w").await.note, text("n"));
}

pub(crate) async fn the_size_of_a_note_is_limited(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.max_result(1 << 10));
    let large = "x".repeat(docket.options().max_payload + 1);
    let error = docket.submit(work("k").note(large.clone())).await;
    assert!(
        matches!(error, Err(DocketError::TooLarge { what, .. }) if what == "the note"),
        "{error:?}"
    );
    let execution = park(&docket, work("parked"), "?").await;
    let error = execution.amend("?", large.clone(), true).await;
    assert!(
        matches!(error, Err(DocketError::TooLarge { what, .. }) if what == "the note"),
        "{error:?}"
    );
    docket.cancel("parked").await.unwrap();
    let worker = worker(&docket, Policy::default(), move |_| {
        let note = large.clone().into();
        async move { Outcome::Park { note } }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    match execution.result().await {
        Err(DocketError::Failed { failure, .. }) => {
            assert_eq!(failure.kind, FailureKind::Result);
            assert!(failure.message.contains("the note is"), "{failure}");
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_parked_execution_is_due_only_after_a_wake(stage: &Stage) {
    let docket = stage.docket();
    let execution = park(&docket, work("k"), "?").await;
    let record = execution.record().await.unwrap();
    assert!(record.parked);
    assert_eq!(record.state, ExecutionState::Scheduled);
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    assert_eq!(execution.amend("?", "yes", true).await, Ok(Amended::Done));
    assert!(!execution.record().await.unwrap().parked);
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.note, text("yes"));
    assert_eq!((run.attempt, run.delivery), (1, 1), "it counts for nothing");
    assert!(run.due <= run.now);
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(note_of(&execution).await, text("yes"));
}

pub(crate) async fn an_amendment_wakes_a_sleeping_worker(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), ask);
    let execution = submit(&docket, work("k")).await;
    let mut events = execution.subscribe().await.unwrap();
    let call = tokio::spawn(async move { worker.run_forever().await });
    while let Some(event) = events.next().await {
        if let Event::State(record) = event
            && record.parked
        {
            break;
        }
    }
    assert_eq!(execution.amend("?", "yes", true).await, Ok(Amended::Done));
    let execution = execution.typed::<(u32, u32)>();
    assert_eq!(execution.result().await, Ok((1, 1)));
    call.abort();
}

pub(crate) async fn an_amendment_compares_the_note_before_it_writes(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").note("a")).await;
    let amend = async |expected: &'static str, note: &'static str, wake| {
        execution.amend(expected, note, wake).await.unwrap()
    };
    assert_eq!(amend("a", "b", true).await, Amended::Stale, "it is queued");
    let run = claim_one(&docket, "w").await;
    assert_eq!(amend("a", "b", true).await, Amended::Stale, "it runs");
    settle(&docket, run.hold, parked("b")).await;
    assert_eq!(amend("a", "c", true).await, Amended::Stale, "another note");
    assert_eq!(note_of(&execution).await, text("b"), "nothing was changed");
    assert_eq!(amend("b", "c", false).await, Amended::Done);
    assert_eq!(amend("b", "c", false).await, Amended::Stale, "said again");
    assert_eq!(note_of(&execution).await, text("c"));
    assert_eq!(
        claim_within_a_tick(&docket, "w").await,
        None,
        "it was not woken"
    );
    assert_eq!(amend("c", "d", true).await, Amended::Done);
    assert_eq!(amend("d", "e", true).await, Amended::Stale, "it is woken");
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(amend("d", "e", true).await, Amended::Stale, "it has ended");
    assert_eq!(note_of(&execution).await, text("d"));
}

pub(crate) async fn amending_an_unknown_execution_reports_it(stage: &Stage) {
    let docket = stage.docket();
    let amend = Command::Amend {
        id: ExecutionId(0xFFFF_FFFF),
        expected: "".into(),
        note: "".into(),
        wake: true,
    };
    assert_eq!(
        docket.backend().control(amend).await,
        Ok(fastmcp::docket::backend::Reply::Amended(Amended::Unknown))
    );
}

pub(crate) async fn one_of_two_concurrent_amendments_is_stale(stage: &Stage) {
    let docket = stage.docket();
    let execution = park(&docket, work("k"), "?").await;
    let (one, other) = tokio::join!(
        execution.amend("?", "one", false),
        execution.amend("?", "other", false)
    );
    let done = [one.unwrap(), other.unwrap()];
    assert!(
        done.contains(&Amended::Done) && done.contains(&Amended::Stale),
        "{done:?}"
    );
}

pub(crate) async fn subscribers_see_parking_and_amendments(stage: &Stage) {
    use ExecutionState::{Cancelled, Queued, Running, Scheduled};

    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let mut events = execution.subscribe().await.unwrap();
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, parked("?")).await;
    execution.amend("?", "half", false).await.unwrap();
    execution.amend("half", "yes", true).await.unwrap();
    docket.cancel("k").await.unwrap();
    let mut heard = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::State(record) = event {
            heard.push((record.state, record.parked, record.note.clone()));
        }
    }
    assert_eq!(
        heard,
        [
            (Running, false, None),
            (Scheduled, true, text("?")),
            (Scheduled, true, text("half")),
            (Queued, false, text("yes")),
            (Cancelled, false, text("yes")),
        ]
    );
}

pub(crate) async fn a_parked_execution_uses_no_slot_and_no_lane_place(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), ask);
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let lane = || Limits {
        concurrency: Some(ConcurrencyLimit {
            lane: "lane".into(),
            at_most: 1,
        }),
        ..Limits::default()
    };
    let mut asking = Vec::new();
    for key in ["a", "b", "c"] {
        asking.push(submit(&docket, work(key).limits(lane())).await);
    }
    let answered = submit(&docket, work("d").limits(lane()).note("yes")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    assert_eq!(answered.typed::<(u32, u32)>().result().await, Ok((1, 1)));
    let snapshot = docket.snapshot().await.unwrap();
    assert_eq!((snapshot.scheduled, snapshot.running), (3, 0));
    for execution in asking {
        assert!(execution.record().await.unwrap().parked);
        execution.amend("?", "yes", true).await.unwrap();
        assert_eq!(execution.typed::<(u32, u32)>().result().await, Ok((1, 1)));
    }
    call.abort();
}

pub(crate) async fn a_parked_execution_counts_as_pending(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(1));
    park(&docket, work("k"), "?").await;
    assert_eq!(docket.snapshot().await.unwrap().pending(), 1);
    let error = docket.submit(work("other")).await.unwrap_err();
    assert!(matches!(error, DocketError::Full { .. }), "{error}");
    let present = submit(&docket, work("k")).await;
    assert!(present.already_scheduled(), "its key is in use");
}

pub(crate) async fn a_parked_execution_can_be_cancelled_cleared_and_replaced(stage: &Stage) {
    let docket = stage.docket();
    let cancelled = park(&docket, work("cancelled"), "?").await;
    let cleared = park(&docket, work("cleared"), "?").await;
    assert_eq!(docket.cancel("cancelled").await, Ok(Cancelled::Removed));
    assert_eq!(docket.clear().await, Ok(1));
    let replaced = park(&docket, work("replaced"), "?").await;
    let replacement = submit(&docket, work("replaced").replace(WhileRunning::Queue)).await;
    for execution in [cancelled, cleared, replaced] {
        let record = execution.record().await.unwrap();
        assert_eq!(
            (record.state, record.parked),
            (ExecutionState::Cancelled, false)
        );
        assert_eq!(execution.amend("?", "yes", true).await, Ok(Amended::Stale));
    }
    assert_eq!(claim_one(&docket, "w").await.hold.id, replacement.id());
}

pub(crate) async fn a_superseded_or_cancelled_execution_does_not_park(stage: &Stage) {
    let docket = stage.docket();
    let superseded = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let replacement = submit(&docket, work("k").replace(WhileRunning::Queue)).await;
    assert_eq!(
        settle(&docket, run.hold, parked("?")).await,
        Settled::Done(ExecutionState::Cancelled)
    );
    assert_eq!(note_of(&superseded).await, None);
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.hold.id, replacement.id());
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Signalled));
    assert_eq!(
        settle(&docket, run.hold, parked("?")).await,
        Settled::Done(ExecutionState::Cancelled)
    );
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

pub(crate) async fn a_woken_execution_waits_while_its_task_is_struck(stage: &Stage) {
    let docket = stage.docket();
    let execution = park(&docket, work("k"), "?").await;
    docket.strike("work").await.unwrap();
    execution.amend("?", "yes", true).await.unwrap();
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.restore("work").await.unwrap();
    assert_eq!(claim_one(&docket, "w").await.hold.id, execution.id());
}

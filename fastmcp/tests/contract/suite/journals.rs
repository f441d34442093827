//! Journals and suspensions, as calls of the backend.

use bytes::Bytes;
use fastmcp::docket::backend::{Delivery, EntryKind, Recorded, Sent, Settled, Suspension};
use fastmcp::docket::{
    Docket, Execution, ExecutionState, Failure, FailureKind, Key, Outcome, Policy, Repeat, Retry,
};

use crate::stage::{
    Stage, TICK, claim_one, claim_within_a_tick, completed, reaches, settle, submit, work, worker,
};

async fn record(docket: &Docket, run: &Delivery, name: &str, value: &'static str) -> Recorded {
    let backend = docket.backend();
    backend.record(run.lease, name, value.into()).await.unwrap()
}

async fn signal(docket: &Docket, key: &str, name: &str, value: &'static str) -> Sent {
    let (backend, key) = (docket.backend(), Key::from(key));
    backend.signal(&key, name, value.into()).await.unwrap()
}

/// The journal of a run as text, in alphabetical order except for the signals.
fn journal(run: &Delivery) -> Vec<String> {
    let text = |kind| {
        let entries = run.journal.iter().filter(move |entry| entry.kind == kind);
        entries.map(|entry| {
            let value = str::from_utf8(&entry.value).unwrap();
            format!("{}={value}", entry.name)
        })
    };
    let mut recorded: Vec<String> = text(EntryKind::Recorded).collect();
    recorded.sort_unstable();
    recorded.extend(text(EntryKind::Signal));
    recorded
}

async fn suspend(docket: &Docket, run: &Delivery, events: impl FnOnce(&mut Suspension)) {
    let mut suspension = Suspension::default();
    suspension.known_entries = run.journal.len();
    events(&mut suspension);
    let settled = settle(docket, run.lease, Outcome::Suspend(Box::new(suspension))).await;
    assert_eq!(settled, Settled::Done(ExecutionState::Scheduled));
}

pub(crate) async fn a_recorded_entry_is_in_every_later_delivery(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let lost = claim_one(&docket, "dies").await;
    assert_eq!(record(&docket, &lost, "a", "1").await, Recorded::Done);
    assert_eq!(
        record(&docket, &lost, "a", "1").await,
        Recorded::Done,
        "a repetition"
    );
    assert_eq!(record(&docket, &lost, "a", "2").await, Recorded::Exists);
    assert_eq!(record(&docket, &lost, "g:\n☃", "2").await, Recorded::Done);
    let run = claim_one(&docket, "w").await;
    assert_eq!(journal(&run), ["a=1", "g:\n☃=2"]);
    assert_eq!(record(&docket, &lost, "b", "1").await, Recorded::Fenced);
    assert_eq!(record(&docket, &run, "b", "3").await, Recorded::Done);
    settle(&docket, run.lease, Outcome::Release).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(journal(&run), ["a=1", "b=3", "g:\n☃=2"]);
    let after = Some(TICK);
    let failure = Failure::new(FailureKind::Error, "again");
    settle(&docket, run.lease, Outcome::Retry { after, failure }).await;
    assert_eq!(journal(&claim_one(&docket, "w").await).len(), 3);
}

pub(crate) async fn the_size_of_a_journal_is_limited(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.max_journal(150));
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(
        record(&docket, &run, "1234", "12345678").await,
        Recorded::Done
    );
    assert_eq!(
        record(&docket, &run, "1", "1234567890").await,
        Recorded::Full
    );
    assert_eq!(signal(&docket, "k", "1", "1234567890").await, Sent::Full);
    assert_eq!(signal(&docket, "k", "1", "123456789").await, Sent::Stored);
    assert_eq!(record(&docket, &run, "", "").await, Recorded::Full);
}

pub(crate) async fn a_journal_ends_with_its_execution(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    record(&docket, &run, "a", "1").await;
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(record(&docket, &run, "b", "1").await, Recorded::Fenced);
    assert_eq!(signal(&docket, "k", "s", "1").await, Sent::Unknown);
    submit(&docket, work("k")).await;
    assert!(claim_one(&docket, "w").await.journal.is_empty());
}

pub(crate) async fn a_replay_keeps_the_journal_of_the_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    record(&docket, &run, "a", "1").await;
    signal(&docket, "k", "s", "2").await;
    let reason = String::from("as a test");
    settle(&docket, run.lease, Outcome::Undecodable { reason }).await;
    docket.replay("k").await.unwrap();
    let run = claim_one(&docket, "w").await;
    assert_eq!(journal(&run), ["a=1", "s=2"]);
    assert_eq!(record(&docket, &run, "a", "1").await, Recorded::Done);
    assert_eq!(record(&docket, &run, "b", "1").await, Recorded::Done);
}

pub(crate) async fn the_next_run_of_a_perpetual_task_has_an_empty_journal(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        repeat: Some(Repeat::Every(TICK)),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |delivery| async move {
        let steps = delivery.steps();
        let number = steps
            .step("number")
            .run(async { Ok(delivery.fencing_token()) });
        match number.await {
            Ok(number) if number == delivery.fencing_token() => Outcome::done(),
            other => Outcome::Failed(Failure::error(format!("{other:?}")).final_now()),
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_at_most([("k".into(), 2)]).await.unwrap();
    assert_eq!(execution.record().await.unwrap().failure, None);
}

pub(crate) async fn a_suspended_execution_wakes_at_its_time(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").note("n")).await;
    let run = claim_one(&docket, "w").await;
    let due = docket.backend().now().await.unwrap() + TICK * 3;
    suspend(&docket, &run, |events| events.due = Some(due)).await;
    let record = execution.record().await.unwrap();
    assert!(record.parked);
    assert!(
        record.due >= due && record.due.since(due) < TICK,
        "{:?} {due:?}",
        record.due
    );
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    assert_eq!(
        signal(&docket, "k", "s", "1").await,
        Sent::Stored,
        "kept, and wakes nothing"
    );
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    let run = claim_one(&docket, "w").await;
    assert!(run.claimed >= due);
    assert_eq!((run.attempt, run.delivery), (1, 1));
    assert_eq!(run.note, Some(Bytes::from_static(b"n")));
    assert_eq!(journal(&run), ["s=1"]);
    assert!(!execution.record().await.unwrap().parked);
    settle(&docket, run.lease, completed("1")).await;
    assert!(execution.state().await.unwrap().is_terminal());
}

pub(crate) async fn a_time_in_the_past_wakes_at_once(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    suspend(&docket, &run, |events| events.due = Some(run.claimed)).await;
    claim_one(&docket, "w").await;
}

pub(crate) async fn signals_are_kept_in_order_until_the_execution_has_ended(stage: &Stage) {
    let docket = stage.docket();
    assert_eq!(signal(&docket, "k", "s", "0").await, Sent::Unknown);
    let execution = submit(&docket, work("k").after(TICK)).await;
    for value in ["1", "2", "1"] {
        assert_eq!(signal(&docket, "k", "s", value).await, Sent::Stored);
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(journal(&run), ["s=1", "s=2", "s=1"]);
    // This signal arrives after the delivery and before the suspension, so the run does not know it.
    assert_eq!(signal(&docket, "k", "t", "3").await, Sent::Stored);
    suspend(&docket, &run, |events| events.signals = true).await;
    assert_eq!(execution.state().await.unwrap(), ExecutionState::Queued);
    let run = claim_one(&docket, "w").await;
    suspend(&docket, &run, |events| events.signals = true).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    signal(&docket, "k", "s", "4").await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(journal(&run), ["s=1", "s=2", "s=1", "t=3", "s=4"]);
}

pub(crate) async fn a_signal_wakes_an_execution_before_its_time(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let due = run.claimed + TICK * 1000;
    suspend(&docket, &run, |events| {
        events.due = Some(due);
        events.signals = true;
    })
    .await;
    signal(&docket, "k", "s", "1").await;
    let run = claim_one(&docket, "w").await;
    // The timer of the first suspension is over, too.
    suspend(&docket, &run, |events| {
        events.due = Some(run.claimed + TICK);
    })
    .await;
    claim_one(&docket, "w").await;
}

async fn three(docket: &Docket) -> Vec<Execution> {
    let mut executions = Vec::new();
    for key in ["a", "b", "c"] {
        executions.push(submit(docket, work(key)).await);
    }
    executions
}

pub(crate) async fn an_execution_wakes_when_all_others_have_ended(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("waits")).await;
    let waits = claim_one(&docket, "w").await;
    let awaited: Vec<u64> = three(&docket).await.iter().map(|it| it.id().0).collect();
    let first = claim_one(&docket, "w").await;
    settle(&docket, first.lease, completed("1")).await;
    suspend(&docket, &waits, |events| {
        events.executions.clone_from(&awaited);
    })
    .await;
    let second = claim_one(&docket, "w").await;
    let after = Some(TICK);
    let failure = Failure::new(FailureKind::Error, "again");
    settle(&docket, second.lease, Outcome::Retry { after, failure }).await;
    docket.cancel("c").await.unwrap();
    let second = claim_one(&docket, "w").await;
    assert_eq!(
        second.lease.id.0, awaited[1],
        "the others have not ended yet"
    );
    settle(&docket, second.lease, completed("1")).await;
    let woken = claim_one(&docket, "w").await;
    assert_eq!(woken.lease.id, waits.lease.id);
    // All of them have ended, and one has never existed.
    suspend(&docket, &woken, |events| {
        events.executions = awaited;
        events.executions.push(7);
    })
    .await;
    claim_one(&docket, "w").await;
}

pub(crate) async fn a_wait_that_is_over_wakes_nothing(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("waits")).await;
    let run = claim_one(&docket, "w").await;
    let awaited = three(&docket).await.remove(0).id().0;
    suspend(&docket, &run, |events| {
        events.executions.push(awaited);
        events.due = Some(run.claimed);
    })
    .await;
    let first = claim_one(&docket, "w").await;
    for _ in 0..2 {
        claim_one(&docket, "w").await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(&*run.key, "waits");
    suspend(&docket, &run, |events| events.signals = true).await;
    settle(&docket, first.lease, completed("1")).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

pub(crate) async fn a_suspended_execution_can_be_cancelled_and_replaced(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let due = run.claimed + TICK;
    suspend(&docket, &run, |events| events.due = Some(due)).await;
    docket.cancel("k").await.unwrap();
    assert_eq!(execution.state().await.unwrap(), ExecutionState::Cancelled);
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    assert!(run.journal.is_empty());
    suspend(&docket, &run, |events| {
        events.due = Some(run.claimed + TICK);
    })
    .await;
    let replacement = work("k").replace(fastmcp::docket::WhileRunning::Queue);
    let replacement = submit(&docket, replacement).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.lease.id, replacement.id());
    settle(&docket, run.lease, completed("1")).await;
    tokio::time::sleep(TICK * 2).await;
    assert_eq!(
        claim_within_a_tick(&docket, "w").await,
        None,
        "no timer is left"
    );
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

pub(crate) async fn subscribers_see_suspensions(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let waiting = tokio::spawn({
        let execution = execution.clone();
        async move { reaches(&execution, ExecutionState::Queued).await }
    });
    suspend(&docket, &run, |events| events.signals = true).await;
    reaches(&execution, ExecutionState::Scheduled).await;
    tokio::task::yield_now().await;
    signal(&docket, "k", "s", "1").await;
    waiting.await.unwrap();
}

pub(crate) async fn a_retry_policy_leaves_the_journal(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(3).delay(TICK),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |delivery| async move {
        let steps = delivery.steps();
        let first = steps
            .step("first")
            .run(async { Ok(delivery.attempt()) })
            .await;
        match (first, delivery.attempt()) {
            (Ok(1), 3) => Outcome::done(),
            (first, _) => Outcome::Failed(Failure::error(format!("{first:?}"))),
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.state().await.unwrap(), ExecutionState::Completed);
}

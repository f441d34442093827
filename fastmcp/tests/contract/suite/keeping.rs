//! Executions with their own retention period are readable until its end, and deleted afterwards.

use std::time::Duration;

use fastmcp::docket::backend::Settled;
use fastmcp::docket::{
    Docket, DocketError, Event, Execution, ExecutionState, Outcome, Policy, WhileRunning,
};

use crate::stage::{
    LEASE, Stage, TICK, claim_one, claim_within_a_tick, completed, settle, submit, work, worker,
};

/// Returns whether the execution can be found neither by ID nor by key.
async fn is_gone(docket: &Docket, execution: &Execution) -> bool {
    let by_id = execution.record().await;
    let by_key = docket.get(execution.key().clone()).await.unwrap();
    matches!(by_id, Err(DocketError::Expired { .. })) && by_key.is_none()
}

pub(crate) async fn a_kept_execution_outlives_other_results(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_ttl(TICK).result_capacity(1));
    let execution = submit(&docket, work("kept").keep_for(TICK * 20).note("n")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    for key in ["a", "b", "c"] {
        submit(&docket, work(key)).await;
        let run = claim_one(&docket, "w").await;
        settle(&docket, run.lease, completed("2")).await;
    }
    tokio::time::sleep(TICK * 5).await;
    let record = execution.record().await.unwrap();
    assert_eq!(record.state, ExecutionState::Completed);
    assert_eq!(record.result.as_deref(), Some(&b"1"[..]));
    assert_eq!(record.note.as_deref(), Some(&b"n"[..]));
    tokio::time::sleep(TICK * 17).await;
    assert!(is_gone(&docket, &execution).await);
}

pub(crate) async fn the_retention_period_begins_at_submission(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").after(TICK * 3).keep_for(TICK * 6)).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    assert!(!is_gone(&docket, &execution).await);
    tokio::time::sleep(TICK * 5).await;
    assert!(is_gone(&docket, &execution).await);
}

pub(crate) async fn a_waiting_execution_is_cancelled_when_its_retention_ends(stage: &Stage) {
    let docket = stage.docket();
    let parked = submit(&docket, work("parked").keep_for(TICK * 4)).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, Outcome::Park { note: "?".into() }).await;
    let scheduled = work("scheduled")
        .after(Duration::from_hours(1))
        .keep_for(TICK * 4);
    let scheduled = submit(&docket, scheduled).await;
    docket.strike("work").await.unwrap();
    let queued = submit(&docket, work("queued").keep_for(TICK * 4)).await;
    // The sleeping worker applies the timer and notifies subscribers, without any other call to the
    // docket.
    let sleeper = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "sleeper").await }
    });
    for execution in [parked, scheduled, queued] {
        let record = execution.ended().await;
        match record {
            Ok(record) => assert_eq!(record.state, ExecutionState::Cancelled),
            Err(error) => assert!(matches!(error, DocketError::Expired { .. }), "{error}"),
        }
        assert!(is_gone(&docket, &execution).await);
    }
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
    docket.restore("work").await.unwrap();
    assert!(!sleeper.is_finished(), "no execution is ready");
    sleeper.abort();
}

pub(crate) async fn a_running_execution_is_signalled_and_deleted_when_its_retention_ends(
    stage: &Stage,
) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        tokio::time::sleep(TICK * 3).await;
        Outcome::json("too late")
    });
    let execution = submit(&docket, work("k").keep_for(TICK * 3)).await;
    let mut events = execution.subscribe().await.unwrap();
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut states = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::State(record) = event {
            states.push((record.state, record.cancelling));
        }
    }
    assert_eq!(
        states,
        [
            (ExecutionState::Running, false),
            (ExecutionState::Running, true),
            (ExecutionState::Cancelled, false),
        ]
    );
    assert!(is_gone(&docket, &execution).await);
    call.abort();
}

pub(crate) async fn a_lost_run_is_deleted_after_its_retention_ended(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").keep_for(TICK * 2)).await;
    let run = claim_one(&docket, "dies").await;
    let other = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "lives").await }
    });
    tokio::time::sleep(LEASE + TICK * 5).await;
    assert!(is_gone(&docket, &execution).await);
    assert!(
        !other.is_finished(),
        "an expired execution is not redelivered"
    );
    assert_eq!(
        settle(&docket, run.lease, completed("1")).await,
        Settled::Fenced
    );
    other.abort();
}

pub(crate) async fn a_kept_execution_never_becomes_a_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").keep_for(TICK * 5)).await;
    let run = claim_one(&docket, "w").await;
    let reason = "no handler".into();
    settle(&docket, run.lease, Outcome::Undecodable { reason }).await;
    let record = execution.record().await.unwrap();
    assert_eq!(record.state, ExecutionState::Dead);
    assert_eq!(record.reason.as_deref(), Some("no handler"));
    assert_eq!(docket.dead_letters().await, Ok(Vec::new()));
    let error = docket.replay("k").await.unwrap_err();
    assert!(matches!(error, DocketError::NoDeadLetter { .. }), "{error}");
    tokio::time::sleep(TICK * 6).await;
    assert!(is_gone(&docket, &execution).await);
}

pub(crate) async fn a_waiting_replacement_is_cancelled_when_its_retention_ends(stage: &Stage) {
    let docket = stage.docket();
    let running = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let behind = work("k").replace(WhileRunning::Queue).keep_for(TICK);
    let behind = submit(&docket, behind).await;
    tokio::time::sleep(TICK * 2).await;
    assert!(matches!(
        behind.record().await,
        Err(DocketError::Expired { .. })
    ));
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(running.state().await, Ok(ExecutionState::Completed));
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

pub(crate) async fn a_key_is_free_after_its_retention_ended(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k").keep_for(TICK)).await;
    tokio::time::sleep(TICK * 2).await;
    let second = submit(&docket, work("k")).await;
    assert!(!second.already_scheduled());
    assert_ne!(first.id(), second.id());
    assert_eq!(claim_one(&docket, "w").await.lease.id, second.id());
}

pub(crate) async fn invalid_retention_periods_are_refused(stage: &Stage) {
    let docket = stage.docket();
    for time in [Duration::ZERO, Duration::MAX] {
        let error = docket.submit(work("k").keep_for(time)).await.unwrap_err();
        assert!(
            matches!(error, DocketError::Option { option, .. } if option == "keep_for"),
            "{error}"
        );
    }
}

pub(crate) async fn a_record_has_the_time_of_its_last_change(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let mut last = execution.record().await.unwrap().updated;
    assert_eq!(last, execution.record().await.unwrap().submitted);
    let mut later = async |what: &str| {
        let record = execution.record().await.unwrap();
        assert!(record.updated > last, "{what}: {record:?}");
        last = record.updated;
        tokio::time::sleep(TICK / 10).await;
    };
    tokio::time::sleep(TICK / 10).await;
    let run = claim_one(&docket, "w").await;
    later("claimed").await;
    let progress = fastmcp::docket::ProgressReport::default();
    docket.backend().report(run.lease, progress).await.unwrap();
    later("progress").await;
    settle(&docket, run.lease, Outcome::Park { note: "?".into() }).await;
    later("parked").await;
    execution.amend("?", "yes", true).await.unwrap();
    later("amended").await;
    let run = claim_one(&docket, "w").await;
    later("claimed again").await;
    settle(&docket, run.lease, completed("1")).await;
    later("completed").await;
}

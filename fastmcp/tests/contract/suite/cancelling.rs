//! Cancellation of waiting and running executions, and of bodies that ignore it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastmcp::docket::{Cancelled, DocketError, ExecutionState, Handlers, Outcome, Policy};

use crate::stage::{
    Stage, TICK, claim_one, claim_within_a_tick, completed, settle, submit, work, worker, worker_of,
};

pub(crate) async fn cancelling_a_waiting_execution_removes_it(stage: &Stage) {
    let docket = stage.docket();
    for submission in [work("k"), work("k").after(TICK)] {
        let execution = submit(&docket, submission).await;
        assert_eq!(docket.cancel("k").await, Ok(Cancelled::Removed));
        assert_eq!(execution.state().await, Ok(ExecutionState::Cancelled));
        tokio::time::sleep(TICK * 2).await;
        assert_eq!(claim_within_a_tick(&docket, "w").await, None);
        let error = execution.result().await.unwrap_err();
        assert!(matches!(error, DocketError::Cancelled { .. }));
    }
}

pub(crate) async fn cancelling_an_unknown_key_leaves_nothing_behind(stage: &Stage) {
    let docket = stage.docket();
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Unknown));
    assert!(docket.get("k").await.unwrap().is_none());
    // A cancellation does not apply to the next execution of the key.
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(
        docket.cancel("k").await,
        Ok(Cancelled::Unknown),
        "it has ended"
    );
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
}

pub(crate) async fn a_cancelled_run_is_cancelled_once_it_has_stopped(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        // Cleaning up takes a while.
        tokio::time::sleep(TICK * 2).await;
        Outcome::Discard {
            reason: "tidied up".into(),
        }
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    tokio::time::sleep(TICK).await;
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Signalled));
    assert_eq!(
        docket.cancel("k").await,
        Ok(Cancelled::Signalled),
        "and again"
    );
    tokio::time::sleep(TICK).await;
    let record = execution.record().await.unwrap();
    assert_eq!(record.state, ExecutionState::Running);
    assert!(record.cancelling);
    let error = execution.result().await.unwrap_err();
    assert!(matches!(error, DocketError::Cancelled { .. }), "{error}");
    call.abort();
}

pub(crate) async fn a_body_that_ignores_cancellation_is_dropped(stage: &Stage) {
    struct SetOnDrop(Arc<AtomicBool>);
    impl Drop for SetOnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let docket = stage.docket();
    let dropped = Arc::new(AtomicBool::new(false));
    let seen = dropped.clone();
    let handlers = Handlers::new().task("work", Policy::default(), move |_| {
        let guard = SetOnDrop(seen.clone());
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    });
    let worker = worker_of(&docket, handlers, |builder| builder.cancel_grace(TICK * 3));
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    tokio::time::sleep(TICK).await;
    docket.cancel("k").await.unwrap();
    tokio::time::sleep(TICK).await;
    assert!(!dropped.load(Ordering::SeqCst), "it has its grace");
    let error = execution.result().await.unwrap_err();
    assert!(matches!(error, DocketError::Cancelled { .. }), "{error}");
    assert!(dropped.load(Ordering::SeqCst));
    call.abort();
}

pub(crate) async fn a_body_that_returns_normally_after_a_cancel_is_cancelled(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        Outcome::json("I did it anyway")
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    tokio::time::sleep(TICK).await;
    docket.cancel("k").await.unwrap();
    let record = execution.ended().await.unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
    assert_eq!(record.result, None);
    call.abort();
}

pub(crate) async fn a_cancelled_run_whose_worker_dies_is_cancelled(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    claim_one(&docket, "dies").await;
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Signalled));
    let other = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "lives").await }
    });
    let record = execution.ended().await.unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
    assert!(!other.is_finished(), "it is not run again");
    other.abort();
}

pub(crate) async fn clearing_cancels_only_waiting_executions(stage: &Stage) {
    let docket = stage.docket();
    let running = submit(&docket, work("running")).await;
    let run = claim_one(&docket, "w").await;
    let queued = submit(&docket, work("queued")).await;
    let scheduled = submit(&docket, work("scheduled").after(TICK)).await;
    assert_eq!(docket.clear().await, Ok(2));
    assert_eq!(queued.state().await, Ok(ExecutionState::Cancelled));
    assert_eq!(scheduled.state().await, Ok(ExecutionState::Cancelled));
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(running.state().await, Ok(ExecutionState::Completed));
    tokio::time::sleep(TICK * 2).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

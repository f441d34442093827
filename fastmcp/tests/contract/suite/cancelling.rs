//! Cancellation of waiting and running executions, and of bodies that ignore it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastmcp::docket::{Cancelled, DocketError, ExecutionState, Handlers, Outcome, Policy};
use tokio::sync::Semaphore;

use crate::stage::{
    Stage, TICK, claim_one, claim_within_a_tick, completed, reaches, settle, submit, work, worker,
    worker_of,
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
    // The cancellation does not apply to the next execution of the key.
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(
        docket.cancel("k").await,
        Ok(Cancelled::Unknown),
        "the execution has already ended"
    );
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
}

pub(crate) async fn a_running_execution_is_cancelled_after_its_body_stops(stage: &Stage) {
    let docket = stage.docket();
    let cleanup = Arc::new(Semaphore::new(0));
    let until_clean = cleanup.clone();
    let worker = worker(&docket, Policy::default(), move |delivery| {
        let cleanup = until_clean.clone();
        async move {
            delivery.cancellation().cancelled().await;
            drop(cleanup.acquire().await);
            Outcome::Discard {
                reason: "tidied up".into(),
            }
        }
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    reaches(&execution, ExecutionState::Running).await;
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Signalled));
    assert_eq!(
        docket.cancel("k").await,
        Ok(Cancelled::Signalled),
        "a repeated cancellation is signalled too"
    );
    tokio::time::sleep(TICK).await;
    let record = execution.record().await.unwrap();
    assert_eq!(record.state, ExecutionState::Running);
    assert!(record.cancelling);
    cleanup.add_permits(1);
    let error = execution.result().await.unwrap_err();
    assert!(matches!(error, DocketError::Cancelled { .. }), "{error}");
    call.abort();
}

pub(crate) async fn a_body_that_ignores_cancellation_is_dropped_after_the_grace(stage: &Stage) {
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
    reaches(&execution, ExecutionState::Running).await;
    docket.cancel("k").await.unwrap();
    tokio::time::sleep(TICK).await;
    assert!(
        stage.is_real_time() || !dropped.load(Ordering::SeqCst),
        "the body is not dropped during the grace period"
    );
    let error = execution.result().await.unwrap_err();
    assert!(matches!(error, DocketError::Cancelled { .. }), "{error}");
    assert!(dropped.load(Ordering::SeqCst));
    call.abort();
}

pub(crate) async fn a_body_that_returns_after_cancellation_is_still_cancelled(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        Outcome::json("I did it anyway")
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn(async move { worker.run_forever().await });
    reaches(&execution, ExecutionState::Running).await;
    docket.cancel("k").await.unwrap();
    let record = execution.ended().await.unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
    assert_eq!(record.result, None);
    call.abort();
}

pub(crate) async fn a_cancelled_run_with_an_expired_lease_is_cancelled(stage: &Stage) {
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
    assert!(!other.is_finished(), "a cancelled run is not redelivered");
    other.abort();
}

pub(crate) async fn clearing_cancels_only_waiting_executions(stage: &Stage) {
    let docket = stage.docket();
    let running = submit(&docket, work("running")).await;
    let run = claim_one(&docket, "w").await;
    let queued = submit(&docket, work("queued")).await;
    let scheduled = submit(&docket, work("scheduled").after(TICK * 20)).await;
    assert_eq!(docket.clear().await, Ok(2));
    assert_eq!(queued.state().await, Ok(ExecutionState::Cancelled));
    assert_eq!(scheduled.state().await, Ok(ExecutionState::Cancelled));
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(running.state().await, Ok(ExecutionState::Completed));
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

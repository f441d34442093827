//! Executions that are cancelled together with the one that has added them.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::{
    Cancelled, Docket, DocketError, Execution, ExecutionState, Failure, Outcome, Policy,
    Submission, WhileRunning,
};

use crate::stage::{
    Stage, TICK, claim, claim_one, completed, reaches, settle, submit, work, worker,
};

const HOUR: Duration = Duration::from_hours(1);

fn child(key: &str, parent: &Execution) -> Submission {
    let mut submission = work(key);
    submission.parent = Some(parent.id().0);
    submission
}

async fn state(execution: &Execution) -> ExecutionState {
    execution.state().await.unwrap()
}

/// Adds a parent that waits, and a child of it.
async fn pair(docket: &Docket, name: &str) -> (Execution, Execution) {
    let parent = submit(docket, work(name).after(HOUR)).await;
    let child = submit(docket, child(&format!("{name}/child"), &parent).after(HOUR)).await;
    (parent, child)
}

pub(crate) async fn waiting_children_are_cancelled_with_their_parent(stage: &Stage) {
    let docket = stage.docket();
    let parent = submit(&docket, work("parent").after(HOUR)).await;
    let queued = submit(&docket, child("queued", &parent)).await;
    let scheduled = submit(&docket, child("scheduled", &parent).after(HOUR)).await;
    let grandchild = submit(&docket, child("grandchild", &queued).after(HOUR)).await;
    let other = submit(&docket, work("other").after(HOUR)).await;
    assert_eq!(docket.cancel("parent").await, Ok(Cancelled::Removed));
    for cancelled in [&parent, &queued, &scheduled, &grandchild] {
        assert_eq!(state(cancelled).await, ExecutionState::Cancelled);
    }
    assert_eq!(state(&other).await, ExecutionState::Scheduled);
    match grandchild.result().await {
        Err(DocketError::Cancelled { reason, .. }) => {
            assert_eq!(reason, "its parent `queued` was cancelled");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(docket.stats().await.unwrap().counts.cancelled, 4);
}

pub(crate) async fn running_children_are_signalled_with_their_parent(stage: &Stage) {
    let docket = stage.docket();
    let parent = submit(&docket, work("parent")).await;
    submit(&docket, child("child", &parent)).await;
    let runs = claim(&docket, "w", 2).await;
    assert_eq!(docket.cancel("parent").await, Ok(Cancelled::Signalled));
    let name: Arc<str> = "w".into();
    let mut signalled = Vec::new();
    while signalled.len() < 2 {
        for lease in docket.backend().signals(&name).await.unwrap() {
            if !signalled.contains(&lease) {
                signalled.push(lease);
            }
        }
    }
    assert!(runs.iter().all(|run| signalled.contains(&run.lease)));
    // The parent may add further children before it stops, and a late request may arrive after it has.
    let during = submit(&docket, child("during", &parent)).await;
    assert_eq!(state(&during).await, ExecutionState::Cancelled);
    for run in runs {
        let settled = settle(&docket, run.lease, completed("1")).await;
        assert_eq!(
            settled,
            fastmcp::docket::backend::Settled::Done(ExecutionState::Cancelled)
        );
    }
    let after = submit(&docket, child("after", &parent)).await;
    assert_eq!(state(&after).await, ExecutionState::Cancelled);
}

pub(crate) async fn children_outlive_other_ends_of_their_parent(stage: &Stage) {
    let docket = stage.docket();
    let failure = || Failure::error("test");
    for (number, outcome) in [
        completed("1"),
        Outcome::Failed(failure()),
        Outcome::Undecodable {
            reason: "test".into(),
        },
        Outcome::Retry {
            after: Some(HOUR),
            failure: failure(),
        },
    ]
    .into_iter()
    .enumerate()
    {
        let parent = submit(&docket, work(&format!("parent-{number}"))).await;
        let child_key = format!("child-{number}");
        let child = submit(&docket, child(&child_key, &parent).after(HOUR)).await;
        let run = claim_one(&docket, "w").await;
        settle(&docket, run.lease, outcome).await;
        assert_eq!(state(&child).await, ExecutionState::Scheduled);
        // The parent of this child has ended, so that nothing cancels it.
        if state(&parent).await.is_terminal() {
            let late = submit(&docket, self::child(&format!("late-{number}"), &parent)).await;
            assert_eq!(claim_one(&docket, "w").await.lease.id, late.id());
        }
    }
    // A child that has ended is no longer a child.
    let parent = submit(&docket, work("parent").after(HOUR)).await;
    let ended = submit(&docket, child("ended", &parent)).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    docket.cancel("parent").await.unwrap();
    assert_eq!(state(&ended).await, ExecutionState::Completed);
}

pub(crate) async fn every_kind_of_cancellation_reaches_the_children(stage: &Stage) {
    let docket = stage.docket();
    let (_parent, child) = pair(&docket, "replaced").await;
    submit(
        &docket,
        work("replaced").after(HOUR).replace(WhileRunning::Queue),
    )
    .await;
    assert_eq!(state(&child).await, ExecutionState::Cancelled);

    let (_parent, child) = pair(&docket, "cleared").await;
    docket.clear().await.unwrap();
    assert_eq!(state(&child).await, ExecutionState::Cancelled);

    let parent = submit(&docket, work("discarded")).await;
    let child = submit(&docket, self::child("discarded/child", &parent).after(HOUR)).await;
    let run = claim_one(&docket, "w").await;
    let reason = "test".into();
    settle(&docket, run.lease, Outcome::Discard { reason }).await;
    assert_eq!(state(&child).await, ExecutionState::Cancelled);

    let parent = submit(&docket, work("kept").after(HOUR).keep_for(TICK)).await;
    let child = submit(&docket, self::child("kept/child", &parent).after(HOUR)).await;
    tokio::time::sleep(TICK * 2).await;
    docket.stats().await.unwrap();
    assert_eq!(state(&child).await, ExecutionState::Cancelled);
}

pub(crate) async fn many_children_are_cancelled_with_their_parent(stage: &Stage) {
    const COUNT: usize = 1200;
    let docket = stage.docket();
    let parent = submit(&docket, work("parent").after(HOUR)).await;
    let children = (0..COUNT).map(|number| child(&number.to_string(), &parent).after(HOUR));
    for answer in docket.submit_many(children).await.unwrap() {
        answer.unwrap();
    }
    docket.cancel("parent").await.unwrap();
    // A store may cancel them in several steps, but needs no further call by a program.
    let idle = worker(&docket, Policy::default(), |_| async { Outcome::done() });
    idle.run_until_finished().await.unwrap();
    assert_eq!(docket.stats().await.unwrap().counts.cancelled, COUNT + 1);
}

pub(crate) async fn a_body_adds_children(stage: &Stage) {
    let docket = stage.docket();
    docket.strike("other").await.unwrap();
    let worker = worker(&docket, Policy::default(), |run| async move {
        let other = |key| Submission::new("other", "null").key(key);
        let submissions = [other("child").cancel_with_parent(), other("independent")];
        for answer in run.docket().submit_many(submissions).await.unwrap() {
            answer.unwrap();
        }
        run.cancellation().cancelled().await;
        Outcome::done()
    });
    let call = tokio::spawn(async move { worker.run_forever().await });
    let parent = submit(&docket, work("parent")).await;
    reaches(&parent, ExecutionState::Running).await;
    let independent = loop {
        if let Some(execution) = docket.get("independent").await.unwrap() {
            break execution;
        }
        tokio::time::sleep(TICK / 10).await;
    };
    docket.cancel("parent").await.unwrap();
    let child = docket.get("child").await.unwrap().unwrap();
    assert_eq!(state(&child).await, ExecutionState::Cancelled);
    assert_eq!(state(&independent).await, ExecutionState::Queued);
    reaches(&parent, ExecutionState::Cancelled).await;
    // Outside of a run there is no parent.
    let plain = submit(&docket, work("plain").after(HOUR).cancel_with_parent()).await;
    assert_eq!(state(&plain).await, ExecutionState::Scheduled);
    call.abort();
}

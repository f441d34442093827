//! The limits of bytes, and of the executions of one owner.

use fastmcp::docket::{DocketError, ExecutionState, Outcome, Policy, Submission, WhenFull};

use crate::stage::{Stage, claim, claim_one, completed, settle, submit, work, worker};

fn of(owner: &str, key: &str) -> Submission {
    work(key).owner(owner)
}

fn large(key: &str) -> Submission {
    Submission::new("work", format!("\"{}\"", "x".repeat(10_000))).key(key)
}

pub(crate) async fn the_bytes_of_pending_executions_are_limited(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity_bytes(35_000));
    for key in ["a", "b"] {
        submit(&docket, large(key)).await;
    }
    submit(&docket, large("c").note("n".repeat(10))).await;
    let batch = docket
        .submit_many([large("d"), work("small"), large("e")])
        .await;
    let answers = batch.unwrap();
    let expected = |answer: &Result<_, DocketError>| {
        matches!(
            answer,
            Err(DocketError::OutOfSpace {
                capacity_bytes: 35_000,
                ..
            })
        )
    };
    assert!(
        expected(&answers[0]) && expected(&answers[2]),
        "{answers:?}"
    );
    answers[1].as_ref().unwrap();
    // Each way in which an execution ends makes room again.
    docket.cancel("a").await.unwrap();
    submit(&docket, large("d")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    submit(&docket, large("e")).await;
    docket.submit(large("f")).await.unwrap_err();
    docket.clear().await.unwrap();
    for key in ["a", "b", "c"] {
        submit(&docket, large(key)).await;
    }
    docket.submit(large("d")).await.unwrap_err();
}

pub(crate) async fn a_submission_waits_for_bytes_to_become_free(stage: &Stage) {
    let docket =
        stage.docket_with(|builder| builder.capacity_bytes(25_000).when_full(WhenFull::Wait));
    for key in ["a", "b"] {
        submit(&docket, large(key)).await;
    }
    let waiting = tokio::spawn({
        let docket = docket.clone();
        async move { docket.submit(large("c")).await }
    });
    tokio::time::sleep(crate::stage::TICK).await;
    assert!(!waiting.is_finished());
    docket.cancel("a").await.unwrap();
    waiting.await.unwrap().unwrap();
    // Larger than the whole docket: waiting would never end.
    let larger = Submission::new("work", format!("\"{}\"", "x".repeat(30_000)));
    let error = docket.submit(larger).await.unwrap_err();
    assert!(matches!(error, DocketError::OutOfSpace { .. }), "{error}");
}

pub(crate) async fn an_owner_can_fill_only_its_share(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.owner_capacity(3));
    for key in ["1", "2", "3"] {
        submit(&docket, of("mallory", key)).await;
    }
    let error = docket.submit(of("mallory", "4")).await.unwrap_err();
    assert!(
        matches!(error, DocketError::OwnerFull { limit: 3, .. }),
        "{error}"
    );
    // The same key is the same execution, and others are not affected.
    assert!(
        submit(&docket, of("mallory", "1"))
            .await
            .already_scheduled()
    );
    submit(&docket, of("ada", "5")).await;
    submit(&docket, work("6")).await;
    docket.cancel("2").await.unwrap();
    submit(&docket, of("mallory", "4")).await;
    docket.submit(of("mallory", "7")).await.unwrap_err();
    let all = worker(&docket, Policy::default(), |_| async { Outcome::done() });
    all.run_until_finished().await.unwrap();
    for key in ["7", "8", "9"] {
        submit(&docket, of("mallory", key)).await;
    }
    docket.submit(of("mallory", "10")).await.unwrap_err();
}

pub(crate) async fn an_owner_cannot_hold_all_slots(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.owner_concurrency(2));
    for key in ["1", "2", "3", "4", "5"] {
        submit(&docket, of("mallory", key)).await;
    }
    let late = submit(&docket, of("ada", "ada")).await;
    let runs = claim(&docket, "w", 10).await;
    let mut keys: Vec<_> = runs.iter().map(|run| run.key.to_string()).collect();
    keys.sort();
    assert_eq!(keys, ["1", "2", "ada"]);
    assert_eq!(late.state().await, Ok(ExecutionState::Running));
    settle(&docket, runs[0].lease, completed("1")).await;
    assert_eq!(claim_one(&docket, "w").await.key, "3");
}

//! Deliveries: expired leases, fencing, dead letters, releases, unknown tasks and priorities.

use std::sync::Arc;

use fastmcp::docket::backend::Settled;
use fastmcp::docket::{
    DocketError, ExecutionState, Handlers, Outcome, Policy, Priority, ProgressReport, Submission,
};

use futures_util::future::Either;

use crate::stage::{
    LEASE, Stage, TICK, claim, claim_one, claim_within_a_tick, completed, settle, submit, work,
    worker, worker_of,
};

pub(crate) async fn an_expired_lease_is_redelivered_and_the_old_runner_fenced(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let lost = claim_one(&docket, "dies").await;
    assert_eq!((lost.attempt, lost.delivery), (1, 1));

    let run = claim_one(&docket, "lives").await;
    assert!(
        run.claimed.since(lost.claimed) >= LEASE,
        "not before the lease expires"
    );
    assert_eq!((run.attempt, run.delivery), (1, 2));
    assert!(run.lease.token > lost.lease.token);

    let backend = docket.backend();
    assert_eq!(
        settle(&docket, lost.lease, completed("1")).await,
        Settled::Fenced
    );
    let report = backend.report(lost.lease, ProgressReport::default()).await;
    assert_eq!(report, Ok(Settled::Fenced));
    let renewed = backend.renew(&"dies".into(), &[lost.lease], LEASE).await;
    assert_eq!(renewed, Ok(vec![lost.lease]));
    assert_eq!(execution.state().await, Ok(ExecutionState::Running));

    settle(&docket, run.lease, completed("2")).await;
    assert_eq!(execution.typed::<u8>().result().await, Ok(2));
}

pub(crate) async fn a_sleeping_worker_notices_an_expired_lease(stage: &Stage) {
    let docket = stage.docket();
    let [dies, sleeps] = ["dies", "sleeps"].map(|worker| {
        let docket = docket.clone();
        tokio::spawn(async move { (worker, claim_one(&docket, worker).await) })
    });
    tokio::time::sleep(TICK).await;
    submit(&docket, work("k")).await;
    // One of the two workers claims the execution and never settles it.
    let (first, second) = match futures_util::future::select(dies, sleeps).await {
        Either::Left((first, other)) | Either::Right((first, other)) => (first.unwrap(), other),
    };
    let (worker, run) = tokio::time::timeout(LEASE * 2, second)
        .await
        .expect("the other worker claims the execution")
        .unwrap();
    assert_ne!(worker, first.0);
    assert_eq!((run.key, run.delivery), (first.1.key, 2));
}

pub(crate) async fn a_toxic_execution_becomes_a_dead_letter_with_history(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("toxic")).await;
    for delivery in 1..=3 {
        let run = claim_one(&docket, &format!("victim-{delivery}")).await;
        assert_eq!(run.delivery, delivery);
    }
    let bystander = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "bystander").await }
    });
    let error = execution.result().await.unwrap_err();
    assert!(
        matches!(&error, DocketError::Dead { reason, .. } if reason.contains("3 of 3")),
        "{error}"
    );
    assert!(!bystander.is_finished(), "no other worker receives it");

    let letters = docket.dead_letters().await.unwrap();
    assert_eq!(letters.len(), 1);
    let victims: Vec<&str> = letters[0]
        .history
        .iter()
        .map(|incident| &*incident.worker)
        .collect();
    assert_eq!(victims, ["victim-1", "victim-2", "victim-3"]);
    bystander.abort();
}

pub(crate) async fn a_dead_letter_can_be_replayed(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, Submission::new("work", "7").key("k")).await;
    let run = claim_one(&docket, "w").await;
    let reason = String::from("poison");
    settle(&docket, run.lease, Outcome::Undecodable { reason }).await;
    assert_eq!(first.state().await, Ok(ExecutionState::Dead));

    let again = docket.replay("k").await.unwrap();
    assert_ne!(again.id(), first.id());
    assert_eq!(
        first.state().await,
        Ok(ExecutionState::Dead),
        "a terminal state does not change"
    );
    assert!(docket.dead_letters().await.unwrap().is_empty());
    let rerun = claim_one(&docket, "w").await;
    assert_eq!(rerun.envelope, run.envelope);
    settle(&docket, rerun.lease, completed("7")).await;
    assert_eq!(again.typed::<u8>().result().await, Ok(7));

    let nothing = docket.replay("k").await.unwrap_err();
    assert!(matches!(nothing, DocketError::NoDeadLetter { .. }));
}

pub(crate) async fn renewing_extends_a_lease(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    for _ in 0..4 {
        tokio::time::sleep(LEASE / 2).await;
        let lost = docket
            .backend()
            .renew(&"w".into(), &[run.lease], LEASE)
            .await;
        assert_eq!(lost, Ok(Vec::new()));
        assert_eq!(claim_within_a_tick(&docket, "thief").await, None);
    }
    assert_eq!(
        settle(&docket, run.lease, completed("1")).await,
        Settled::Done(ExecutionState::Completed)
    );
}

pub(crate) async fn a_released_execution_is_claimed_immediately(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let mut tokens = Vec::new();
    for turn in 0..5 {
        let run = claim_one(&docket, &format!("w{turn}")).await;
        assert_eq!(run.delivery, 1, "a release does not count as a delivery");
        tokens.push(run.lease.token);
        settle(&docket, run.lease, Outcome::Release).await;
    }
    assert!(tokens.is_sorted());
}

pub(crate) async fn a_repeated_settlement_changes_nothing(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(
        settle(&docket, run.lease, completed("2")).await,
        Settled::Fenced
    );
    assert_eq!(
        settle(&docket, run.lease, Outcome::Release).await,
        Settled::Fenced
    );
    assert_eq!(execution.typed::<u8>().result().await, Ok(1));
}

pub(crate) async fn dropping_a_claim_loses_no_execution(stage: &Stage) {
    let docket = stage.docket();
    for round in 0..20 {
        let sleeper = tokio::spawn({
            let docket = docket.clone();
            async move { claim_one(&docket, "dropped").await }
        });
        tokio::task::yield_now().await;
        let key = format!("k{round}");
        submit(&docket, work(&key)).await;
        sleeper.abort();
        // Either the aborted call returned the execution, or a later claim receives it.
        let run = match sleeper.await {
            Ok(run) => run,
            Err(_) => claim_one(&docket, "w").await,
        };
        assert_eq!(run.key, key.as_str());
        settle(&docket, run.lease, completed("1")).await;
    }
}

pub(crate) async fn an_unknown_task_is_offered_to_another_worker(stage: &Stage) {
    let docket = stage.docket();
    let capable = worker(&docket, Policy::default(), |_| async { Outcome::done() });
    let others: Vec<_> = (0..3)
        .map(|n| {
            let other =
                Handlers::new().task("else", Policy::default(), |_| async { Outcome::done() });
            worker_of(&docket, other, |builder| builder.name(format!("other-{n}")))
        })
        .collect();
    let calls: Vec<_> = others
        .iter()
        .chain([&capable])
        .map(|worker| {
            let worker = worker.clone();
            tokio::spawn(async move { worker.run_forever().await })
        })
        .collect();
    tokio::time::sleep(TICK).await;
    for n in 0..20 {
        let execution = submit(&docket, work(&format!("k{n}"))).await;
        assert_eq!(execution.typed::<()>().result().await, Ok(()));
    }
    assert!(docket.dead_letters().await.unwrap().is_empty());
    for call in calls {
        assert!(!call.is_finished(), "no worker has stopped");
        call.abort();
    }
}

pub(crate) async fn an_unknown_task_without_another_worker_becomes_a_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |_| async { Outcome::done() });
    let unknown = submit(&docket, Submission::new("renamed_away", "null")).await;
    let known = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    match unknown.result().await {
        Err(DocketError::Dead { reason, .. }) => {
            assert!(reason.contains("`renamed_away`"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        known.typed::<()>().result().await,
        Ok(()),
        "the worker continues"
    );
}

/// Claims an execution and declines it, as a worker without a handler does.
async fn decline(docket: &fastmcp::docket::Docket, worker: &str) {
    let run = claim_one(docket, worker).await;
    settle(docket, run.lease, Outcome::UnknownTask).await;
}

pub(crate) async fn an_offer_to_a_leaving_worker_passes_to_the_next(stage: &Stage) {
    let docket = stage.docket();
    // An offer goes to the worker seen last.
    for name in ["stays", "leaves"] {
        claim_within_a_tick(&docket, name).await;
    }
    submit(&docket, work("k")).await;
    decline(&docket, "declines").await;
    let name: Arc<str> = "leaves".into();
    docket.backend().deregister(&name).await.unwrap();
    let run = claim_one(&docket, "stays").await;
    assert_eq!(run.key, "k");
}

pub(crate) async fn an_offer_to_a_dead_worker_passes_to_the_next(stage: &Stage) {
    let docket = stage.docket();
    claim_within_a_tick(&docket, "dies").await;
    submit(&docket, work("k")).await;
    decline(&docket, "declines").await;
    // Waits until the lease of the dead worker expires and the offer passes on.
    let run = claim_one(&docket, "lives").await;
    assert_eq!(run.key, "k");
}

pub(crate) async fn an_undecodable_message_becomes_a_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    let message = |key: &str, envelope: &'static [u8]| Submission::new("work", envelope).key(key);
    let batch = vec![
        message("garbage", b"\xff\xfe\x00"),
        message("empty", b""),
        message("pickle", b"\x80\x04\x95"),
        message("future", br#"{"v":999,"args":null}"#),
    ];
    docket.backend().submit(batch).await.unwrap();
    let good = submit(&docket, work("good")).await;
    let worker = worker(&docket, Policy::default(), |_| async { Outcome::done() });
    worker.run_until_finished().await.unwrap();

    assert_eq!(
        good.typed::<()>().result().await,
        Ok(()),
        "the worker continues"
    );
    let letters = docket.dead_letters().await.unwrap();
    let keys: Vec<&str> = letters.iter().map(|letter| &*letter.key).collect();
    assert_eq!(keys, ["garbage", "empty", "pickle", "future"]);
    assert!(letters[3].reason.as_ref().unwrap().contains("version 999"));
}

pub(crate) async fn a_higher_priority_is_claimed_first(stage: &Stage) {
    let docket = stage.docket();
    for (key, priority) in [
        ("low", Priority::Low),
        ("normal-1", Priority::Normal),
        ("high-1", Priority::High),
        ("normal-2", Priority::Normal),
        ("high-2", Priority::High),
    ] {
        submit(&docket, work(key).priority(priority)).await;
    }
    let claimed = claim(&docket, "w", 10).await;
    let keys: Vec<&str> = claimed.iter().map(|run| &*run.key).collect();
    assert_eq!(keys, ["high-1", "high-2", "normal-1", "normal-2", "low"]);
}

//! The limits of bytes and of the executions of one owner, and the order in which owners take turns.

use std::time::Duration;

use fastmcp::docket::backend::{Claim, Delivery};
use fastmcp::docket::{
    Docket, DocketError, ExecutionState, Failure, Outcome, Policy, Priority, Submission, WhenFull,
};

use crate::stage::{
    SLOTS, Stage, TICK, claim, claim_one, claim_within_a_tick, completed, settle, submit, work,
    worker,
};

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

/// Submits executions with the keys `<owner>1`, `<owner>2` and so on.
async fn submit_of(docket: &Docket, owner: &str, count: usize) {
    for number in 1..=count {
        submit(docket, of(owner, &format!("{owner}{number}"))).await;
    }
}

fn keys(runs: &[Delivery]) -> Vec<&str> {
    runs.iter().map(|run| &*run.key).collect()
}

pub(crate) async fn owners_take_turns(stage: &Stage) {
    let docket = stage.docket();
    for (owner, count) in [("a", 3), ("b", 2), ("c", 1)] {
        submit_of(&docket, owner, count).await;
    }
    for key in ["a1", "b1", "c1", "a2", "b2", "a3"] {
        let run = claim_one(&docket, "w").await;
        assert_eq!(run.key, key);
        settle(&docket, run.lease, completed("1")).await;
        // An owner that returns waits behind those that wait already.
        if key == "b1" {
            submit(&docket, of("d", "d1")).await;
        }
        if key == "b2" {
            let run = claim_one(&docket, "w").await;
            assert_eq!(run.key, "d1");
        }
    }
}

pub(crate) async fn the_owner_with_the_fewest_runs_is_next(stage: &Stage) {
    let docket = stage.docket();
    submit_of(&docket, "a", 9).await;
    let first = claim(&docket, "w", 3).await;
    assert_eq!(keys(&first), ["a1", "a2", "a3"]);
    submit_of(&docket, "b", 9).await;
    submit_of(&docket, "c", 1).await;
    let next = claim(&docket, "w", 3).await;
    assert_eq!(keys(&next), ["b1", "c1", "b2"]);
    for run in first.iter().take(2) {
        settle(&docket, run.lease, completed("1")).await;
    }
    assert_eq!(claim_one(&docket, "w").await.key, "a4");
}

pub(crate) async fn a_slot_stays_free_for_the_next_owner(stage: &Stage) {
    for greedy in [1, 2, 3, 5, SLOTS - 1] {
        let docket = stage.docket_with(|builder| builder.owner_concurrency(1000));
        for owner in 0..greedy {
            submit_of(&docket, &format!("greedy-{owner}-"), SLOTS).await;
        }
        let runs = claim(&docket, "w", SLOTS).await;
        assert!(runs.len() < SLOTS, "{greedy}: {:?}", keys(&runs));
        assert!(runs.len() + 4 >= SLOTS, "{greedy}: {:?}", keys(&runs));
        let free = SLOTS - runs.len();
        submit(&docket, of("ada", "ada")).await;
        let late = claim(&docket, "w", free).await;
        assert_eq!(keys(&late), ["ada"]);
    }
}

pub(crate) async fn an_owner_without_a_run_gets_the_next_free_slot(stage: &Stage) {
    let docket = stage.docket();
    for owner in 0..SLOTS {
        submit_of(&docket, &format!("greedy-{owner}-"), 5).await;
    }
    let runs = claim(&docket, "w", SLOTS).await;
    assert_eq!(runs.len(), SLOTS);
    submit(&docket, of("ada", "ada")).await;
    submit(&docket, of("bob", "bob")).await;
    for (run, key) in runs.iter().zip(["ada", "bob"]) {
        settle(&docket, run.lease, completed("1")).await;
        assert_eq!(claim_one(&docket, "w").await.key, key);
    }
}

pub(crate) async fn owners_take_turns_with_executions_without_one(stage: &Stage) {
    let docket = stage.docket();
    for number in 1..=4 {
        submit(&docket, work(&format!("own{number}"))).await;
    }
    submit_of(&docket, "a", 2).await;
    submit_of(&docket, "b", 1).await;
    let urgent = of("c", "urgent").priority(Priority::High);
    submit(&docket, urgent).await;
    let relaxed = of("d", "relaxed").priority(Priority::Low);
    submit(&docket, relaxed).await;
    let runs = claim(&docket, "w", SLOTS).await;
    let (urgent, rest) = runs.split_first().unwrap();
    assert_eq!(urgent.key, "urgent");
    let (relaxed, rest) = rest.split_last().unwrap();
    assert_eq!(relaxed.key, "relaxed");
    let keys = keys(rest);
    let position = |key| keys.iter().position(|other| *other == key).unwrap();
    assert!(position("a1") < position("b1") && position("b1") < position("a2"));
    assert!(position("own1") < position("own2") && position("own2") < position("own3"));
    // Until the owners' executions are all claimed, every second one has an owner.
    let is_own = |key: &&str| key.starts_with("own");
    for pair in keys[..6].chunks(2) {
        assert_eq!(pair.iter().filter(|key| is_own(key)).count(), 1, "{keys:?}");
    }
}

pub(crate) async fn the_end_of_a_run_wakes_a_claim_for_its_owner(stage: &Stage) {
    let docket = stage.docket();
    submit_of(&docket, "a", 12).await;
    let runs = claim(&docket, "w", SLOTS).await;
    assert_eq!(runs.len(), 6);
    let sleeping = tokio::spawn({
        let docket = docket.clone();
        async move { claim(&docket, "w", 2).await }
    });
    tokio::time::sleep(TICK).await;
    assert!(!sleeping.is_finished());
    settle(&docket, runs[3].lease, completed("1")).await;
    assert_eq!(keys(&sleeping.await.unwrap()), ["a7"]);
}

pub(crate) async fn every_end_of_a_run_frees_the_share_of_its_owner(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.owner_concurrency(1));
    let failure = || Failure::error("test");
    let outcomes = [
        Outcome::Failed(failure()),
        Outcome::Retry {
            after: Some(Duration::from_hours(1)),
            failure: failure(),
        },
        Outcome::Snooze {
            after: Duration::from_hours(1),
        },
        Outcome::Park { note: "n".into() },
        Outcome::Discard {
            reason: "test".into(),
        },
        Outcome::Undecodable {
            reason: "test".into(),
        },
        Outcome::UnknownTask,
    ];
    submit_of(&docket, "a", outcomes.len() + 3).await;
    let mut number = 0;
    for outcome in outcomes {
        number += 1;
        let run = claim_one(&docket, "w").await;
        assert_eq!(run.key, format!("a{number}").as_str());
        assert_eq!(claim_within_a_tick(&docket, "w").await, None, "{outcome:?}");
        settle(&docket, run.lease, outcome).await;
    }
    // A released one, a cancelled one, and one whose lease expires.
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, Outcome::Release).await;
    let again = claim_one(&docket, "w").await;
    assert_eq!(again.key, run.key);
    docket.cancel(run.key.clone()).await.unwrap();
    settle(&docket, again.lease, completed("1")).await;
    let lost = claim_one(&docket, "w").await;
    let again = claim_one(&docket, "v").await;
    assert_eq!(again.lease.id, lost.lease.id);
    // Waiting executions that are cancelled or struck do not hold up their owner.
    submit_of(&docket, "b", 3).await;
    docket.cancel("b1").await.unwrap();
    docket.strike("work").await.unwrap();
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.restore("work").await.unwrap();
    assert_eq!(claim_one(&docket, "w").await.key, "b2");
}

pub(crate) async fn an_offer_keeps_the_turn_of_its_owner(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.owner_concurrency(1));
    // Alive for the whole test, so that declined executions are offered to it.
    let lives = || Claim::new("lives".into(), 1, Duration::from_mins(1), 3).slots(SLOTS);
    let _ = tokio::time::timeout(TICK, docket.backend().claim(lives())).await;
    submit_of(&docket, "a", 3).await;
    let offer = async || {
        let run = claim_one(&docket, "declines").await;
        settle(&docket, run.lease, Outcome::UnknownTask).await;
        assert_eq!(claim_within_a_tick(&docket, "declines").await, None);
        run.key
    };
    // The offer is claimed.
    assert_eq!(offer().await, "a1");
    let run = docket.backend().claim(lives()).await.unwrap().remove(0);
    assert_eq!(run.key, "a1");
    assert_eq!(claim_within_a_tick(&docket, "declines").await, None);
    settle(&docket, run.lease, completed("1")).await;
    // The offer is cancelled.
    assert_eq!(offer().await, "a2");
    docket.cancel("a2").await.unwrap();
    // The offer is held back.
    assert_eq!(offer().await, "a3");
    docket.strike("work").await.unwrap();
    let held_back = tokio::time::timeout(TICK, docket.backend().claim(lives())).await;
    assert!(held_back.is_err(), "{held_back:?}");
    submit(
        &docket,
        Submission::new("other", "null").key("a4").owner("a"),
    )
    .await;
    let run = claim_one(&docket, "declines").await;
    assert_eq!(run.key, "a4");
    settle(&docket, run.lease, completed("1")).await;
    // No other worker knows the task: the offer becomes a dead letter.
    docket.restore("work").await.unwrap();
    let run = docket.backend().claim(lives()).await.unwrap().remove(0);
    assert_eq!(run.key, "a3");
    settle(&docket, run.lease, Outcome::UnknownTask).await;
    submit_of(&docket, "a", 1).await;
    assert_eq!(claim_one(&docket, "declines").await.key, "a1");
}

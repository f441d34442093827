//! Limits that executions share (concurrency, rate, cooldown), and the capacity of the docket.

use std::time::Duration;

use fastmcp::docket::backend::Delivery;
use fastmcp::docket::{
    ConcurrencyLimit, Cooldown, DocketError, ExecutionState, Limits, Outcome, Policy, Priority,
    RateLimit, Submission, Timestamp, WhenFull, WhileRunning,
};

use crate::stage::{
    Stage, TICK, claim, claim_one, claim_within_a_tick, completed, settle, submit, work,
};

fn at_once(at_most: u32) -> Limits {
    Limits {
        concurrency: Some(ConcurrencyLimit {
            lane: "lane".into(),
            at_most,
        }),
        ..Limits::default()
    }
}

pub(crate) async fn a_lane_limits_concurrency_and_waiting_executions_use_no_slot(stage: &Stage) {
    let docket = stage.docket();
    for n in 0..5 {
        submit(&docket, work(&format!("k{n}")).limits(at_once(2))).await;
    }
    submit(&docket, work("free")).await;
    let first = claim(&docket, "w", 10).await;
    let keys: Vec<&str> = first.iter().map(|run| &*run.key).collect();
    assert_eq!(
        keys,
        ["k0", "k1", "free"],
        "an execution that waits for the lane does not block others"
    );
    assert_eq!(
        claim_within_a_tick(&docket, "v").await,
        None,
        "the limit applies to all workers together"
    );

    let mut running: Vec<Delivery> = first.into_iter().filter(|run| run.key != "free").collect();
    for key in ["k2", "k3", "k4"] {
        let run = running.remove(0);
        settle(&docket, run.lease, completed("1")).await;
        let next = claim_one(&docket, "v").await;
        assert_eq!(next.key, key);
        running.push(next);
    }
}

pub(crate) async fn an_execution_that_waits_for_a_lane_can_be_cancelled(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.cancel("b").await.unwrap();
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(claim_one(&docket, "w").await.key, "c");
}

pub(crate) async fn an_unused_slot_goes_to_the_next_in_line(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c", "d"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    settle(&docket, run.lease, completed("1")).await;
    // `b` has been released, but no worker has claimed it yet.
    docket.cancel("b").await.unwrap();
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.key, "c");
    settle(&docket, run.lease, completed("1")).await;

    // The same with a released execution whose task is struck.
    let other = Submission::new("other", "null").key("e");
    submit(&docket, other.limits(at_once(1))).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.key, "d");
    submit(&docket, work("f").limits(at_once(1))).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.strike("other").await.unwrap();
    settle(&docket, run.lease, completed("1")).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.key, "f");
    settle(&docket, run.lease, completed("1")).await;
    docket.restore("other").await.unwrap();
    assert_eq!(claim_one(&docket, "w").await.key, "e");
}

pub(crate) async fn an_overtaken_execution_keeps_its_position(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let mut run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    let urgent = work("urgent").priority(Priority::High);
    submit(&docket, urgent.limits(at_once(1))).await;
    settle(&docket, run.lease, completed("1")).await;
    for key in ["urgent", "b", "c"] {
        run = claim_one(&docket, "w").await;
        assert_eq!(run.key, key);
        assert_eq!(claim_within_a_tick(&docket, "w").await, None);
        settle(&docket, run.lease, completed("1")).await;
    }
}

pub(crate) async fn waiting_for_a_rate_limit_occupies_no_lane_slot(stage: &Stage) {
    let docket = stage.docket();
    let of_customer = |customer: &str| Limits {
        rate: Some(RateLimit {
            lane: customer.into(),
            at_most: 1,
            per: TICK * 20,
        }),
        ..at_once(1)
    };
    for (key, customer) in [("a", "ada"), ("b", "ada"), ("c", "bob")] {
        submit(&docket, work(key).limits(of_customer(customer))).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    settle(&docket, run.lease, completed("1")).await;
    let next = claim_one(&docket, "w").await;
    assert_eq!(next.key, "c", "the rate limit still holds the other back");
    settle(&docket, next.lease, completed("1")).await;
    let last = claim_one(&docket, "w").await;
    assert_eq!(last.key, "b");
    assert!(last.claimed.since(run.claimed) >= TICK * 20);
}

pub(crate) async fn a_rate_limit_holds_in_every_period(stage: &Stage) {
    let docket = stage.docket();
    let limits = Limits {
        rate: Some(RateLimit {
            lane: "lane".into(),
            at_most: 4,
            per: TICK * 20,
        }),
        ..Limits::default()
    };
    for n in 0..16 {
        submit(&docket, work(&format!("k{n}")).limits(limits.clone())).await;
    }
    let mut starts: Vec<Timestamp> = Vec::new();
    while starts.len() < 16 {
        for run in claim(&docket, "w", 10).await {
            assert_eq!(
                run.key,
                format!("k{}", starts.len()).as_str(),
                "in submission order"
            );
            starts.push(run.claimed);
            settle(&docket, run.lease, completed("1")).await;
        }
    }
    for window in starts.windows(5) {
        let span = window[4].since(window[0]);
        assert!(span >= TICK * 20, "five starts within {span:?}");
    }
    for (number, start) in (0..).zip(&starts).skip(4) {
        let after = start.since(starts[0]);
        assert!(
            after >= TICK * 20 + TICK * 5 * (number - 4),
            "the excess is spread, not started at once: {number} after {after:?}"
        );
    }
}

pub(crate) async fn submissions_during_a_cooldown_return_the_first_execution(stage: &Stage) {
    let docket = stage.docket();
    let limits = Limits {
        cooldown: Some(Cooldown {
            lane: "lane".into(),
            quiet: TICK * 20,
        }),
        ..Limits::default()
    };
    let first = submit(&docket, work("a").limits(limits.clone())).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    let existing = submit(&docket, work("b").limits(limits.clone())).await;
    assert!(existing.already_scheduled());
    assert_eq!(existing.id(), first.id());
    assert_eq!(existing.key(), "a");
    tokio::time::sleep(TICK * 20).await;
    let second = submit(&docket, work("c").limits(limits)).await;
    assert!(!second.already_scheduled());
}

fn cooling(quiet: Duration) -> Limits {
    Limits {
        cooldown: Some(Cooldown {
            lane: "lane".into(),
            quiet,
        }),
        ..Limits::default()
    }
}

pub(crate) async fn a_cooldown_outlasts_the_result_it_began_with(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_ttl(TICK * 2));
    let first = submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    tokio::time::sleep(TICK * 5).await;
    assert!(first.state().await.is_err(), "the first result has expired");
    let existing = submit(&docket, work("b").limits(cooling(TICK * 10))).await;
    assert!(existing.already_scheduled());
    assert_eq!(existing.id(), first.id());
}

pub(crate) async fn an_execution_cancelled_before_its_run_starts_no_cooldown(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    docket.cancel("a").await.unwrap();
    let again = submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    assert!(
        !again.already_scheduled(),
        "nothing has run, so there is no cooldown"
    );
    assert_eq!(claim_one(&docket, "w").await.lease.id, again.id());
}

pub(crate) async fn a_waiting_execution_can_be_replaced_during_its_cooldown(stage: &Stage) {
    let docket = stage.docket();
    let limits = cooling(TICK * 10);
    let first = work("k").after(TICK).limits(limits.clone());
    let first = submit(&docket, first).await;
    let newer = work("k")
        .replace(WhileRunning::Queue)
        .limits(limits.clone());
    let newer = submit(&docket, newer).await;
    assert!(!newer.already_scheduled(), "a replacement adds no run");
    assert_eq!(first.state().await, Ok(ExecutionState::Cancelled));
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.lease.id, newer.id());
    // After the start, another execution would be an additional run.
    let late = work("k").replace(WhileRunning::Queue).limits(limits);
    assert!(submit(&docket, late).await.already_scheduled());
}

pub(crate) async fn a_dead_letter_can_be_replayed_during_its_cooldown(stage: &Stage) {
    let docket = stage.docket();
    let dead = submit(&docket, work("k").limits(cooling(TICK * 10))).await;
    let run = claim_one(&docket, "w").await;
    let reason = String::from("poison");
    settle(&docket, run.lease, Outcome::Undecodable { reason }).await;
    let replayed = docket.replay("k").await.unwrap();
    assert_ne!(replayed.id(), dead.id());
    assert_eq!(claim_one(&docket, "w").await.lease.id, replayed.id());
}

pub(crate) async fn a_debounced_key_runs_after_a_quiet_period(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        debounce: Some(TICK * 5),
        ..Policy::default()
    };
    let mut last = None;
    for n in 0..4 {
        let submission = Submission::new("work", n.to_string()).under(&policy, Some("feed-9"));
        last = Some(submit(&docket, submission).await);
        assert_eq!(docket.snapshot().await.unwrap().pending(), 1);
        tokio::time::sleep(TICK * 2).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.key, "work/feed-9");
    assert_eq!(
        Some(run.lease.id),
        last.map(|last| last.id()),
        "the last submission runs"
    );
    settle(&docket, run.lease, completed("1")).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

pub(crate) async fn a_full_docket_refuses_submissions(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(2));
    submit(&docket, work("a")).await;
    submit(&docket, work("b").after(TICK)).await;
    let error = docket.submit(work("c")).await.unwrap_err();
    assert!(
        matches!(&error, DocketError::Full { capacity: 2, .. }),
        "{error}"
    );
    assert!(docket.get("c").await.unwrap().is_none());
    assert!(
        submit(&docket, work("a")).await.already_scheduled(),
        "a key in use needs no room"
    );

    // A running execution counts too.
    let run = claim_one(&docket, "w").await;
    assert!(docket.submit(work("c")).await.is_err());
    settle(&docket, run.lease, completed("1")).await;
    submit(&docket, work("c")).await;
}

pub(crate) async fn submitting_can_wait_for_room(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(1).when_full(WhenFull::Wait));
    submit(&docket, work("a")).await;
    let waiting: Vec<_> = ["b", "c"]
        .into_iter()
        .map(|key| {
            let docket = docket.clone();
            tokio::spawn(async move { docket.submit(work(key)).await })
        })
        .collect();
    for _ in 0..3 {
        let run = claim_one(&docket, "w").await;
        assert_eq!(
            docket.snapshot().await.unwrap().pending(),
            1,
            "never more than the capacity"
        );
        settle(&docket, run.lease, completed("1")).await;
    }
    for call in waiting {
        let execution = call.await.unwrap().unwrap();
        assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    }
}

pub(crate) async fn waiting_for_room_fails_at_capacity_zero(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(0).when_full(WhenFull::Wait));
    // It would wait forever.
    let error = docket.submit(work("k")).await.unwrap_err();
    assert!(
        matches!(error, DocketError::Full { capacity: 0, .. }),
        "{error}"
    );
}

pub(crate) async fn invalid_limits_are_refused(stage: &Stage) {
    let docket = stage.docket();
    let rate = |at_most, per| Limits {
        rate: Some(RateLimit {
            lane: "lane".into(),
            at_most,
            per,
        }),
        ..Limits::default()
    };
    for limits in [at_once(0), rate(0, TICK), rate(1, Duration::ZERO)] {
        let error = docket.submit(work("k").limits(limits)).await.unwrap_err();
        assert!(matches!(error, DocketError::Option { .. }), "{error}");
    }
}

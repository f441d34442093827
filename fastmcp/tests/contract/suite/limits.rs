//! Limits that executions share, and the capacity of the docket.

use std::time::Duration;

use fastmcp::docket::backend::{Claimed, Verdict};
use fastmcp::docket::{
    ConcurrencyLimit, Cooldown, DocketError, ExecutionState, Limits, Policy, Priority, RateLimit,
    Submission, Timestamp, WhenFull, WhileRunning,
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

pub(crate) async fn a_lane_at_its_limit_queues_the_rest_without_using_slots(stage: &Stage) {
    let docket = stage.docket();
    for n in 0..5 {
        submit(&docket, work(&format!("k{n}")).limits(at_once(2))).await;
    }
    submit(&docket, work("free")).await;
    let first = claim(&docket, "w", 10).await;
    let keys: Vec<&str> = first.iter().map(|run| &*run.key).collect();
    assert_eq!(keys, ["k0", "k1", "free"], "what is parked holds nobody up");
    assert_eq!(
        claim_within_a_tick(&docket, "v").await,
        None,
        "over all workers"
    );

    let mut running: Vec<Claimed> = first.into_iter().filter(|run| run.key != "free").collect();
    for key in ["k2", "k3", "k4"] {
        let run = running.remove(0);
        settle(&docket, run.hold, completed("1")).await;
        let next = claim_within_a_tick(&docket, "v")
            .await
            .expect("the end of another run wakes it");
        assert_eq!(next.key, key);
        running.push(next);
    }
}

pub(crate) async fn an_execution_waiting_for_a_lane_can_be_cancelled(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.cancel("b").await.unwrap();
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(claim_one(&docket, "w").await.key, "c");
}

pub(crate) async fn an_unused_lane_place_goes_to_the_next_in_line(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c", "d"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    settle(&docket, run.hold, completed("1")).await;
    // `b` is next in line, and no worker has claimed it yet.
    docket.cancel("b").await.unwrap();
    let run = claim_within_a_tick(&docket, "w").await.expect("not stuck");
    assert_eq!(run.key, "c");
    settle(&docket, run.hold, completed("1")).await;

    // The same if the next in line belongs to a struck task.
    let other = Submission::new("other", "null").key("e");
    submit(&docket, other.limits(at_once(1))).await;
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.key, "d");
    submit(&docket, work("f").limits(at_once(1))).await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    docket.strike("other").await.unwrap();
    settle(&docket, run.hold, completed("1")).await;
    let run = claim_within_a_tick(&docket, "w").await.expect("not stuck");
    assert_eq!(run.key, "f");
    settle(&docket, run.hold, completed("1")).await;
    docket.restore("other").await.unwrap();
    assert_eq!(claim_one(&docket, "w").await.key, "e");
}

pub(crate) async fn an_overtaken_execution_keeps_its_place_in_line(stage: &Stage) {
    let docket = stage.docket();
    for key in ["a", "b", "c"] {
        submit(&docket, work(key).limits(at_once(1))).await;
    }
    let mut run = claim_one(&docket, "w").await;
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    let urgent = work("urgent").priority(Priority::High);
    submit(&docket, urgent.limits(at_once(1))).await;
    settle(&docket, run.hold, completed("1")).await;
    for key in ["urgent", "b", "c"] {
        run = claim_one(&docket, "w").await;
        assert_eq!(run.key, key);
        assert_eq!(claim_within_a_tick(&docket, "w").await, None);
        settle(&docket, run.hold, completed("1")).await;
    }
}

pub(crate) async fn waiting_for_one_limit_does_not_use_another(stage: &Stage) {
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
    settle(&docket, run.hold, completed("1")).await;
    let next = claim_within_a_tick(&docket, "w")
        .await
        .expect("not blocked");
    assert_eq!(next.key, "c", "the span of the other is not over");
    settle(&docket, next.hold, completed("1")).await;
    let last = claim_one(&docket, "w").await;
    assert_eq!(last.key, "b");
    assert!(last.now.since(run.now) >= TICK * 20);
}

pub(crate) async fn a_rate_limit_holds_in_every_window(stage: &Stage) {
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
                "in their order"
            );
            starts.push(run.now);
            settle(&docket, run.hold, completed("1")).await;
        }
    }
    for window in starts.windows(5) {
        let span = window[4].since(window[0]);
        assert!(span >= TICK * 20, "five starts within {span:?}");
    }
    let gaps = starts.windows(2).skip(4).map(|pair| pair[1].since(pair[0]));
    for gap in gaps {
        assert!(
            gap >= TICK * 4,
            "the excess comes one by one, not all together: {gap:?}"
        );
    }
    let took = starts[15].since(starts[0]);
    assert!(took <= TICK * 20 * 4, "and no slower than it may: {took:?}");
}

pub(crate) async fn a_cooldown_merges_submissions(stage: &Stage) {
    let docket = stage.docket();
    let limits = Limits {
        cooldown: Some(Cooldown {
            lane: "lane".into(),
            quiet: TICK * 5,
        }),
        ..Limits::default()
    };
    let first = submit(&docket, work("a").limits(limits.clone())).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, completed("1")).await;
    tokio::time::sleep(TICK * 3).await;
    let folded = submit(&docket, work("b").limits(limits.clone())).await;
    assert!(folded.already_scheduled());
    assert_eq!(folded.id(), first.id());
    assert_eq!(folded.key(), "a");
    tokio::time::sleep(TICK * 3).await;
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

pub(crate) async fn a_cooldown_outlasts_the_results_of_its_lane(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_ttl(TICK * 2));
    let first = submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, completed("1")).await;
    tokio::time::sleep(TICK * 5).await;
    assert!(first.state().await.is_err(), "forgotten");
    let folded = submit(&docket, work("b").limits(cooling(TICK * 10))).await;
    assert!(folded.already_scheduled());
    assert_eq!(folded.id(), first.id());
}

pub(crate) async fn cancelling_before_the_run_starts_no_cooldown(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    docket.cancel("a").await.unwrap();
    let again = submit(&docket, work("a").limits(cooling(TICK * 10))).await;
    assert!(!again.already_scheduled(), "nothing has run yet");
    assert_eq!(claim_one(&docket, "w").await.hold.id, again.id());
}

pub(crate) async fn a_waiting_execution_is_replaced_during_a_cooldown(stage: &Stage) {
    let docket = stage.docket();
    let limits = cooling(TICK * 10);
    let first = work("k").after(TICK).limits(limits.clone());
    let first = submit(&docket, first).await;
    let newer = work("k")
        .replace(WhileRunning::Queue)
        .limits(limits.clone());
    let newer = submit(&docket, newer).await;
    assert!(!newer.already_scheduled(), "it is no run more");
    assert_eq!(first.state().await, Ok(ExecutionState::Cancelled));
    let run = claim_one(&docket, "w").await;
    assert_eq!(run.hold.id, newer.id());
    // After it has started, another submission is a new run.
    let late = work("k").replace(WhileRunning::Queue).limits(limits);
    assert!(submit(&docket, late).await.already_scheduled());
}

pub(crate) async fn a_dead_letter_can_be_replayed_during_a_cooldown(stage: &Stage) {
    let docket = stage.docket();
    let dead = submit(&docket, work("k").limits(cooling(TICK * 10))).await;
    let run = claim_one(&docket, "w").await;
    let reason = String::from("poison");
    settle(&docket, run.hold, Verdict::Buried { reason }).await;
    let replayed = docket.replay("k").await.unwrap();
    assert_ne!(replayed.id(), dead.id());
    assert_eq!(claim_one(&docket, "w").await.hold.id, replayed.id());
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
        Some(run.hold.id),
        last.map(|last| last.id()),
        "the last one counts"
    );
    settle(&docket, run.hold, completed("1")).await;
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
        "what is there is there"
    );

    // A running execution counts as well, and its retry is not refused for lack of room.
    let run = claim_one(&docket, "w").await;
    assert!(docket.submit(work("c")).await.is_err());
    settle(&docket, run.hold, completed("1")).await;
    submit(&docket, work("c")).await;
}

pub(crate) async fn a_submission_can_wait_for_room(stage: &Stage) {
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
            "never more than it may hold"
        );
        settle(&docket, run.hold, completed("1")).await;
    }
    for call in waiting {
        let execution = call.await.unwrap().unwrap();
        assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    }
}

pub(crate) async fn waiting_for_room_fails_at_capacity_zero(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(0).when_full(WhenFull::Wait));
    let answer = tokio::time::timeout(TICK, docket.submit(work("k"))).await;
    let error = answer.expect("an answer").unwrap_err();
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

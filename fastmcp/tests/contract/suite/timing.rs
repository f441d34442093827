//! Due times, expiry, pauses and strikes.

use std::time::{Duration, SystemTime};

use fastmcp::docket::{DocketError, ExecutionState, Submission};

use crate::stage::{Stage, TICK, claim_one, claim_within_a_tick, completed, settle, submit, work};

pub(crate) async fn nothing_runs_before_it_is_due(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("later").after(TICK * 5)).await;
    submit(&docket, work("sooner").after(TICK * 3)).await;
    assert_eq!(execution.state().await, Ok(ExecutionState::Scheduled));
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    for key in ["sooner", "later"] {
        let run = claim_one(&docket, "w").await;
        assert_eq!(run.key, key);
        assert!(run.claimed >= run.due, "the run began before its due time");
    }
}

pub(crate) async fn a_due_time_in_the_past_is_due_now(stage: &Stage) {
    let docket = stage.docket();
    let now = SystemTime::now();
    let times = [
        now - Duration::from_hours(1),
        SystemTime::UNIX_EPOCH,
        SystemTime::UNIX_EPOCH - Duration::from_hours(24),
    ];
    for time in times {
        let execution = submit(&docket, Submission::new("work", "null").at(time)).await;
        assert_eq!(execution.state().await, Ok(ExecutionState::Queued));
        assert_eq!(claim_one(&docket, "w").await.lease.id, execution.id());
    }
}

pub(crate) async fn an_earlier_due_time_wakes_a_sleeping_worker(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("late").after(Duration::from_hours(1))).await;
    let sleeper = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "w").await }
    });
    tokio::time::sleep(TICK).await;
    submit(&docket, work("early").after(TICK)).await;
    assert_eq!(sleeper.await.unwrap().key, "early");
}

pub(crate) async fn results_are_readable_until_they_expire(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_ttl(TICK * 5));
    let execution = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    let execution = execution.typed::<u8>();
    tokio::time::sleep(TICK * 4).await;
    assert_eq!(execution.result().await, Ok(1));
    tokio::time::sleep(TICK * 2).await;
    let error = execution.result().await.unwrap_err();
    assert!(matches!(error, DocketError::Expired { .. }), "{error}");
    assert!(
        docket.get("k").await.unwrap().is_none(),
        "the key is free after the result expired"
    );
}

pub(crate) async fn a_paused_docket_hands_out_no_work(stage: &Stage) {
    let docket = stage.docket();
    docket.pause().await.unwrap();
    submit(&docket, work("k")).await;
    assert!(docket.snapshot().await.unwrap().paused);
    let sleeper = tokio::spawn({
        let docket = docket.clone();
        async move { claim_one(&docket, "w").await }
    });
    tokio::time::sleep(TICK).await;
    assert!(!sleeper.is_finished());
    docket.resume().await.unwrap();
    assert_eq!(sleeper.await.unwrap().key, "k");
}

pub(crate) async fn a_struck_task_waits_until_it_is_restored(stage: &Stage) {
    let docket = stage.docket();
    docket.strike("work").await.unwrap();
    for key in ["a", "b", "c"] {
        submit(&docket, work(key)).await;
    }
    submit(&docket, Submission::new("other", "null").key("other")).await;
    assert_eq!(
        claim_one(&docket, "w").await.key,
        "other",
        "other tasks continue"
    );
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
    let snapshot = docket.snapshot().await.unwrap();
    assert_eq!(snapshot.struck.len(), 1);
    assert_eq!(snapshot.queued, 3, "struck executions stay queued");

    docket.cancel("b").await.unwrap();
    docket.restore("work").await.unwrap();
    for key in ["a", "c"] {
        assert_eq!(claim_one(&docket, "w").await.key, key);
    }
    assert_eq!(claim_within_a_tick(&docket, "w").await, None);
}

pub(crate) async fn due_times_are_limited_to_ten_years_ahead(stage: &Stage) {
    let docket = stage.docket();
    let year = Duration::from_hours(365 * 24);
    for submission in [
        work("k").after(year * 100),
        work("k").after(Duration::MAX),
        work("k").at(SystemTime::now() + year * 100),
    ] {
        let error = docket.submit(submission).await.unwrap_err();
        assert!(matches!(error, DocketError::TooFarAhead { .. }), "{error}");
    }
    let execution = submit(&docket, work("k").after(year * 9)).await;
    assert_eq!(execution.state().await, Ok(ExecutionState::Scheduled));
}

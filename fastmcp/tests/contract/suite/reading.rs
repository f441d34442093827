//! Records, snapshots, events and the results of batches.

use std::time::Duration;

use fastmcp::docket::{
    DocketError, Event, ExecutionState, Outcome, Policy, Priority, ProgressReport,
};

use crate::stage::{LEASE, Stage, TICK, claim_one, completed, settle, submit, work, worker};

pub(crate) async fn a_subscriber_receives_every_state(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k").after(TICK * 10)).await;
    let mut events = execution.subscribe().await.unwrap();
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    let mut states = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::State(record) = event {
            states.push(record.state);
        }
    }
    assert_eq!(
        states,
        [
            ExecutionState::Queued,
            ExecutionState::Running,
            ExecutionState::Completed
        ]
    );
    let mut late = execution.subscribe().await.unwrap();
    assert!(
        late.next().await.is_none(),
        "an ended execution has no more events"
    );
}

pub(crate) async fn progress_is_readable_and_sent_to_subscribers(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        let progress = delivery.progress();
        progress.set_total(3).await.unwrap();
        progress.increment(2).await.unwrap();
        progress.set_message("nearly there").await.unwrap();
        Outcome::json(&progress.report())
    });
    let execution = submit(&docket, work("k")).await;
    let mut events = execution.subscribe().await.unwrap();
    worker.run_until_finished().await.unwrap();
    let expected = ProgressReport {
        done: 2,
        total: Some(3),
        message: Some("nearly there".into()),
    };
    assert_eq!(execution.progress().await, Ok(expected.clone()));
    let mut received = Vec::new();
    while let Some(event) = events.next().await {
        if let Event::Progress(report) = event {
            received.push(report);
        }
    }
    assert_eq!(received.len(), 3);
    assert_eq!(received[2], expected);
    assert_eq!(
        execution.typed::<ProgressReport>().result().await,
        Ok(expected)
    );
}

pub(crate) async fn a_fenced_run_cannot_report_progress(stage: &Stage) {
    let docket = stage.docket();
    let execution = submit(&docket, work("k")).await;
    let lost = claim_one(&docket, "dies").await;
    tokio::time::sleep(LEASE + TICK).await;
    let run = claim_one(&docket, "lives").await;
    let backend = docket.backend();
    let late = ProgressReport {
        done: 99,
        ..ProgressReport::default()
    };
    backend.report(lost.lease, late).await.unwrap();
    assert_eq!(execution.progress().await, Ok(ProgressReport::default()));
    settle(&docket, run.lease, completed("1")).await;
}

pub(crate) async fn each_message_of_a_batch_has_its_own_answer(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.capacity(3));
    let batch = [
        work("a"),
        work(""),
        work("b").priority(Priority::High),
        work("a"),
        work("c"),
        work("d"),
    ];
    let answers = docket.submit_many(batch).await.unwrap();
    let outcomes: Vec<String> = answers
        .iter()
        .map(|answer| match answer {
            Ok(execution) if execution.already_scheduled() => "existing".into(),
            Ok(execution) => execution.key().to_string(),
            Err(DocketError::Empty { .. }) => "empty".into(),
            Err(DocketError::Full { .. }) => "full".into(),
            Err(other) => other.to_string(),
        })
        .collect();
    assert_eq!(outcomes, ["a", "empty", "b", "existing", "c", "full"]);
    assert_eq!(claim_one(&docket, "w").await.key, "b");
}

pub(crate) async fn a_snapshot_counts_all_states(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("dead")).await;
    let run = claim_one(&docket, "w").await;
    let reason = String::from("poison");
    settle(
        &docket,
        run.lease,
        fastmcp::docket::Outcome::Undecodable { reason },
    )
    .await;
    submit(&docket, work("running")).await;
    claim_one(&docket, "w").await;
    submit(&docket, work("queued")).await;
    submit(&docket, work("scheduled").after(Duration::from_hours(1))).await;

    let snapshot = docket.snapshot().await.unwrap();
    let counts = (
        snapshot.scheduled,
        snapshot.queued,
        snapshot.running,
        snapshot.dead,
    );
    assert_eq!(counts, (1, 1, 1, 1));
    assert_eq!(snapshot.pending(), 3);
    let keys: Vec<&str> = snapshot
        .executions
        .iter()
        .map(|record| &*record.key)
        .collect();
    assert_eq!(
        keys,
        ["dead", "running", "queued", "scheduled"],
        "oldest first"
    );
    assert_eq!(snapshot.executions[1].worker.as_deref(), Some("w"));
}

pub(crate) async fn two_dockets_share_no_data(stage: &Stage) {
    let (one, other) = (stage.docket(), stage.docket());
    let execution = submit(&one, work("k")).await;
    assert!(other.get("k").await.unwrap().is_none());
    assert!(!submit(&other, work("k")).await.already_scheduled());
    other.clear().await.unwrap();
    other.pause().await.unwrap();
    let idle = worker(&other, Policy::default(), |_| async { Outcome::done() });
    let call = tokio::spawn(async move { idle.run_forever().await });
    tokio::time::sleep(TICK).await;
    assert_eq!(execution.state().await, Ok(ExecutionState::Queued));
    call.abort();
    let worker = worker(&one, Policy::default(), |_| async { Outcome::json("one") });
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.typed::<String>().result().await, Ok("one".into()));
    assert_eq!(other.snapshot().await.unwrap().pending(), 0);
}

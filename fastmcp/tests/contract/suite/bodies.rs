//! Results, failures, retries, timeouts and trace contexts of task bodies.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::docket::{
    Docket, DocketError, ExecutionState, Failure, FailureKind, Key, Outcome, Policy, Retry,
    Submission, TraceContext,
};

use crate::stage::{Stage, TICK, submit, work, worker};

pub(crate) async fn a_result_is_returned_typed(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        let numbers: Vec<u64> = serde_json::from_slice(delivery.payload()).unwrap();
        Outcome::json(&numbers.iter().sum::<u64>())
    });
    let execution = submit(&docket, Submission::new("work", "[1, 2, 39]")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.typed::<u64>().result().await, Ok(42));
}

pub(crate) async fn a_result_of_another_type_is_an_error(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |_| async {
        Outcome::json("text")
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    match execution.typed::<u64>().result().await {
        Err(DocketError::Decode { key, expected, .. }) => {
            assert_eq!((&*key, expected), ("k", "u64"));
        }
        other => panic!("{other:?}"),
    }
}

async fn failure_of(docket: &Docket, key: &str) -> (Failure, u32) {
    match docket.get(key).await.unwrap().unwrap().result().await {
        Err(DocketError::Failed {
            failure, attempts, ..
        }) => (failure, attempts),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_panic_fails_the_run_with_its_location(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        tokio::task::yield_now().await;
        assert!(delivery.payload() != "0", "divided by {}", "zero");
        Outcome::done()
    });
    submit(&docket, Submission::new("work", "0").key("panics")).await;
    let fine = submit(&docket, Submission::new("work", "1")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, _) = failure_of(&docket, "panics").await;
    assert_eq!(failure.kind, FailureKind::Panic);
    assert_eq!(failure.message, "divided by zero");
    let location = failure.location.expect("the panic has a location");
    assert!(location.contains("bodies.rs:"), "{location}");
    assert_eq!(fine.typed::<()>().result().await, Ok(()));
}

pub(crate) async fn a_panic_before_the_first_await_is_caught(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| {
        assert!(delivery.payload() != "0", "at once");
        async { Outcome::done() }
    });
    submit(&docket, Submission::new("work", "0").key("panics")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, _) = failure_of(&docket, "panics").await;
    assert_eq!(failure.message, "at once");
}

pub(crate) async fn a_failing_body_is_retried_after_its_delays(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(4).backoff(TICK..TICK * 3),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |delivery| async move {
        let attempt = delivery.attempt();
        Outcome::Failed(Failure::error(format!("attempt {attempt}")))
    });
    let execution = submit(&docket, work("k")).await;
    let mut events = execution.subscribe().await.unwrap();
    worker.run_until_finished().await.unwrap();

    let (failure, attempts) = failure_of(&docket, "k").await;
    assert_eq!((failure.message.as_str(), attempts), ("attempt 4", 4));
    let record = execution.record().await.unwrap();
    assert_eq!(
        record.history.len(),
        4,
        "the history contains every attempt"
    );
    let mut pauses = Vec::new();
    while let Some(event) = events.next().await {
        if let fastmcp::docket::Event::State(record) = event
            && record.state == ExecutionState::Scheduled
        {
            let failed = record.history.last().unwrap().at;
            pauses.push(record.due.since(failed));
        }
    }
    assert_eq!(pauses, [TICK, TICK * 2, TICK * 3]);
}

pub(crate) async fn a_final_failure_is_not_retried(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(5),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |_| async {
        Outcome::Failed(Failure::error("no such customer").final_now())
    });
    submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(failure_of(&docket, "k").await.1, 1);
}

pub(crate) async fn a_body_can_request_a_retry_a_snooze_or_a_discard(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2).delay(Duration::from_secs(1000)),
        ..Policy::default()
    };
    let snoozes = Arc::new(AtomicU32::new(0));
    let counted = snoozes.clone();
    let worker = worker(&docket, policy, move |delivery| {
        let snoozes = counted.clone();
        async move {
            let attempt = delivery.attempt();
            match &delivery.payload()[..] {
                br#""retry""# if attempt == 1 => Outcome::Retry {
                    after: Some(TICK),
                    failure: Failure::error("busy").final_now(),
                },
                br#""snooze""# if snoozes.fetch_add(1, Ordering::SeqCst) < 5 => {
                    Outcome::Snooze { after: TICK }
                }
                br#""discard""# => Outcome::Discard {
                    reason: "no longer wanted".into(),
                },
                _ => Outcome::json(&attempt),
            }
        }
    });
    let mut executions = Vec::new();
    for what in [r#""retry""#, r#""snooze""#, r#""discard""#] {
        executions.push(
            submit(&docket, Submission::new("work", what))
                .await
                .typed::<u32>(),
        );
    }
    worker.run_until_finished().await.unwrap();
    assert_eq!(
        executions[0].result().await,
        Ok(2),
        "the body chose the delay"
    );
    assert_eq!(
        executions[1].result().await,
        Ok(1),
        "a snooze does not count as an attempt"
    );
    let discarded = executions[2].result().await.unwrap_err();
    assert!(
        matches!(&discarded, DocketError::Cancelled { reason, .. } if reason == "no longer wanted")
    );
}

fn timed(timeout: Duration) -> Policy {
    Policy {
        timeout: Some(timeout),
        ..Policy::default()
    }
}

pub(crate) async fn a_body_that_exceeds_its_timeout_fails(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, timed(TICK * 2), |_| async {
        std::future::pending().await
    });
    submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, _) = failure_of(&docket, "k").await;
    assert_eq!(failure.kind, FailureKind::Timeout);
}

pub(crate) async fn a_body_can_extend_its_timeout(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, timed(TICK * 10), |delivery| async move {
        let limit = delivery.time_limit();
        let before = limit.remaining().unwrap();
        limit.extend(TICK * 10);
        assert!(limit.remaining().unwrap() > before);
        tokio::time::sleep(TICK * 15).await;
        if delivery.payload() == "1" {
            return Outcome::done();
        }
        std::future::pending().await
    });
    let stays = submit(&docket, Submission::new("work", "1")).await;
    submit(&docket, Submission::new("work", "2").key("overdue")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(stays.typed::<()>().result().await, Ok(()));
    assert_eq!(
        failure_of(&docket, "overdue").await.0.kind,
        FailureKind::Timeout
    );
}

pub(crate) async fn a_failed_dependency_is_named(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |_| async {
        Outcome::Failed(Failure::dependency("database", "connection refused"))
    });
    submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, attempts) = failure_of(&docket, "k").await;
    assert_eq!(attempts, 2, "a failed dependency is retried");
    assert_eq!(failure.message, "dependency `database`: connection refused");
}

pub(crate) async fn a_payload_that_a_task_cannot_decode_becomes_a_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(5),
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |delivery| async move {
        match serde_json::from_slice::<u32>(delivery.payload()) {
            Ok(_) => Outcome::done(),
            Err(error) => Outcome::Undecodable {
                reason: error.to_string(),
            },
        }
    });
    let old = submit(&docket, Submission::new("work", r#"{"of":"last year"}"#)).await;
    worker.run_until_finished().await.unwrap();
    let record = old.record().await.unwrap();
    assert_eq!((record.state, record.attempt), (ExecutionState::Dead, 1));
    assert!(record.reason.unwrap().contains("expected u32"));
}

pub(crate) async fn a_result_that_is_too_large_fails_the_run(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.max_result(10));
    let worker = worker(&docket, Policy::default(), |_| async {
        Outcome::json("more than ten bytes")
    });
    submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, _) = failure_of(&docket, "k").await;
    assert_eq!(failure.kind, FailureKind::Result);
    assert!(failure.message.contains("the limit is 10"), "{failure}");
}

pub(crate) async fn a_result_that_cannot_be_serialized_fails_the_run(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |_| async {
        Outcome::json(&HashMap::from([((1, 2), "a key that is not a string")]))
    });
    submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    let (failure, _) = failure_of(&docket, "k").await;
    assert_eq!(failure.kind, FailureKind::Result);
}

pub(crate) async fn the_trace_context_follows_scheduling_retries_and_replays(stage: &Stage) {
    let docket = stage.docket();
    let trace = TraceContext {
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into(),
        tracestate: Some("vendor=1".into()),
    };
    let policy = Policy {
        retry: Retry::attempts(2),
        ..Policy::default()
    };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let expected = trace.clone();
    let worker = worker(&docket, policy, move |delivery| {
        assert_eq!(delivery.trace(), Some(&expected));
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match run {
                0 => Outcome::Failed(Failure::error("once more")),
                1 => Outcome::Undecodable {
                    reason: "for a replay".into(),
                },
                _ => Outcome::done(),
            }
        }
    });
    submit(&docket, work("k").after(TICK).trace(trace)).await;
    worker.run_until_finished().await.unwrap();
    let replayed = docket.replay("k").await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(replayed.typed::<()>().result().await, Ok(()));
    assert_eq!(runs.load(Ordering::SeqCst), 3);
}

pub(crate) async fn a_chain_of_tasks_shares_one_trace(stage: &Stage) {
    let trace = |span: u8| TraceContext {
        traceparent: format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b{span}-01"),
        tracestate: None,
    };
    let docket = stage.docket();
    let traced = docket.clone().with_trace(trace(1));
    // The worker's docket has a trace too, but an execution uses the trace of its own submission.
    let worker = worker(&traced, Policy::default(), |delivery| async move {
        let seen = delivery.trace().cloned();
        if delivery.payload() == "1" {
            let child = Submission::new("work", "2").key("child").after(TICK);
            delivery.docket().submit(child).await.unwrap();
        }
        Outcome::json(&seen)
    });
    let seen = async |key: &str| {
        let execution = docket.get(key).await.unwrap().unwrap();
        execution.typed::<Option<TraceContext>>().result().await
    };
    let work = |key: &str| Submission::new("work", "1").key(key);
    submit(&traced, work("docket-trace")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(seen("docket-trace").await, Ok(Some(trace(1))));
    assert_eq!(seen("child").await, Ok(Some(trace(1))));

    submit(&traced, work("own-trace").trace(trace(2))).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(seen("own-trace").await, Ok(Some(trace(2))));
    assert_eq!(seen("child").await, Ok(Some(trace(2))));

    submit(&docket, work("none")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(seen("none").await, Ok(None));
    assert_eq!(seen("child").await, Ok(None));
}

pub(crate) async fn a_payload_that_is_not_json_is_refused(stage: &Stage) {
    let docket = stage.docket();
    for payload in ["{", "nul", "1 2"] {
        let error = docket
            .submit(Submission::new("work", payload))
            .await
            .unwrap_err();
        assert!(matches!(error, DocketError::Payload { .. }), "{error}");
    }
}

pub(crate) async fn the_lengths_of_keys_names_and_payloads_are_limited(stage: &Stage) {
    let docket = stage.docket();
    let megabyte = "x".repeat(1 << 20);
    let payload = format!("\"{megabyte}\"");
    let one_at_a_time = Policy {
        concurrency: Some(1),
        ..Policy::default()
    };
    for submission in [
        work(&megabyte),
        work(&"k".repeat(Key::MAX_BYTES + 1)),
        Submission::new(megabyte.as_str(), "null"),
        Submission::new("work", payload),
        Submission::new("work", "null").under(&one_at_a_time, Some(&megabyte)),
    ] {
        let error = docket.submit(submission).await.unwrap_err();
        assert!(matches!(error, DocketError::TooLarge { .. }), "{error:?}");
        assert!(
            error.to_string().len() < 200,
            "the error does not repeat the oversized value"
        );
    }
    for submission in [
        work(""),
        Submission::new("", "null"),
        Submission::new("work", ""),
    ] {
        let error = docket.submit(submission).await.unwrap_err();
        assert!(matches!(error, DocketError::Empty { .. }), "{error:?}");
    }
}

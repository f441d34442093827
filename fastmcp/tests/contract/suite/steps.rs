//! Durable steps, sleeps and waits of bodies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fastmcp::docket::{
    CurrentExecution, DocketError, Execution, ExecutionState, Failure, Handlers, Name, Outcome,
    Policy, Retry, Submission,
};
use tokio::sync::Notify;

use crate::stage::{Stage, TICK, reaches, submit, work, worker, worker_of};

fn outcome<T: serde::Serialize>(ended: fastmcp::Result<T>) -> Outcome {
    match ended {
        Ok(value) => Outcome::json(&value),
        Err(error) => Outcome::Failed(Failure::error(format!("{error:#}"))),
    }
}

async fn problem(execution: Execution) -> String {
    match execution.result().await {
        Err(DocketError::Failed { failure, .. }) => failure.message,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_recorded_step_does_not_run_again(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2).delay(TICK),
        ..Policy::default()
    };
    let charged = Arc::new(AtomicU32::new(0));
    let count = charged.clone();
    let worker = worker(&docket, policy, move |delivery| {
        let charged = charged.clone();
        async move {
            let steps = delivery.steps();
            let charge = async { Ok(charged.fetch_add(1, Ordering::SeqCst) + 41) };
            let number = steps.step("charge").run(charge).await;
            let number = number.expect("the step is recorded");
            let failing = async { Err::<(), _>(fastmcp::ToolError::new("not yet").into()) };
            let shipped = match delivery.attempt() {
                1 => steps.step("ship").run(failing).await,
                _ => steps.step("ship").run(async { Ok(()) }).await,
            };
            outcome(shipped.map(|()| number))
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.typed::<u32>().result().await.unwrap(), 41);
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

pub(crate) async fn a_name_used_twice_is_an_error_with_both_lines(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        let steps = delivery.steps();
        let first = steps.step("charge").run(async { Ok(1) }).await;
        first.expect("the name is new");
        outcome(steps.step("charge").run(async { Ok(2) }).await)
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    let problem = problem(execution).await;
    let lines = problem.matches("steps.rs:").count();
    assert!(problem.contains("`charge`") && lines == 2, "{problem}");
}

pub(crate) async fn unusable_results_of_steps_are_errors(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.max_result(100).max_journal(300));
    let handlers = Handlers::new()
        .task("large", Policy::default(), |delivery| async move {
            let body = async { Ok("x".repeat(100)) };
            outcome(delivery.steps().step("s").run(body).await)
        })
        .task("not finite", Policy::default(), |delivery| async move {
            outcome(delivery.steps().step("s").run(async { Ok(f64::NAN) }).await)
        })
        .task("unreadable", Policy::default(), |delivery| async move {
            // `Option<Option<_>>` writes `Some(None)` as `null`, and `()` cannot be read from a number.
            #[derive(serde::Serialize, serde::Deserialize)]
            struct Odd(#[serde(serialize_with = "seven")] String);
            fn seven<S: serde::Serializer>(_: &str, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_u8(7)
            }
            outcome(
                delivery
                    .steps()
                    .step("s")
                    .run(async { Ok(Odd(String::new())) })
                    .await,
            )
        })
        .task("full", Policy::default(), |delivery| async move {
            let steps = delivery.steps();
            for number in 0..9 {
                let step = steps.step(format!("step {number}"));
                if let Err(error) = step.run(async { Ok(number) }).await {
                    return outcome::<()>(Err(error));
                }
            }
            Outcome::done()
        });
    let worker = worker_of(&docket, handlers, |builder| builder);
    for (task, expected) in [
        ("large", "102 bytes"),
        ("not finite", "NaN"),
        ("unreadable", "Odd"),
        ("full", "max_journal"),
    ] {
        let submission = Submission::new(Name::from_static(task), "null");
        let execution = submit(&docket, submission).await;
        worker.run_until_finished().await.unwrap();
        let problem = problem(execution).await;
        assert!(problem.contains(expected), "{task}: {problem}");
    }
}

pub(crate) async fn a_sleeping_body_holds_no_slot(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let count = runs.clone();
    let handlers = Handlers::new()
        .task("sleeps", Policy::default(), move |delivery| {
            let runs = runs.clone();
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                let steps = delivery.steps();
                let first = steps.sleep("first", TICK * 2).await;
                outcome(match first {
                    Ok(()) => steps.sleep("second", TICK).await,
                    Err(error) => Err(error),
                })
            }
        })
        .task("work", Policy::default(), |_| async { Outcome::done() });
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let sleeping = submit(&docket, Submission::new("sleeps", "null")).await;
    let before = docket.backend().now().await.unwrap();
    let running = tokio::spawn(async move { worker.run_until_finished().await });
    reaches(&sleeping, ExecutionState::Scheduled).await;
    submit(&docket, work("k")).await.ended().await.unwrap();
    assert_eq!(
        sleeping.ended().await.unwrap().state,
        ExecutionState::Completed
    );
    assert!(docket.backend().now().await.unwrap().since(before) >= TICK * 3);
    assert_eq!(
        count.load(Ordering::SeqCst),
        3,
        "one run for each wait, and one for the end"
    );
    running.await.unwrap().unwrap();
}

pub(crate) async fn a_step_in_progress_is_not_suspended(stage: &Stage) {
    let docket = stage.docket();
    let (runs, started) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let count = runs.clone();
    let worker = worker(&docket, Policy::default(), move |delivery| {
        let (runs, started) = (runs.clone(), started.clone());
        async move {
            let steps = delivery.steps();
            let slow = steps.step("slow").run(async {
                runs.fetch_add(1, Ordering::SeqCst);
                started.notified().await;
                Ok(())
            });
            let starter = steps.step("starter").run(async {
                tokio::time::sleep(TICK).await;
                started.notify_one();
                Ok(())
            });
            let waits = steps.sleep("sleep", TICK * 3);
            let (slow, starter, waits) = tokio::join!(slow, starter, waits);
            outcome(slow.and(starter).and(waits))
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    execution.result().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

/// Waits for two signals `s` and returns them, or `late` after a tick without one.
async fn listen(delivery: CurrentExecution) -> Outcome {
    let steps = delivery.steps();
    let both = async {
        let first: u32 = steps.wait_for("s").await?;
        let second: u32 = steps.wait_for("s").await?;
        Ok(format!("{first} {second}"))
    };
    tokio::select! {
        biased;
        both = both => outcome(both),
        slept = steps.sleep("deadline", TICK * 2) => outcome(slept.map(|()| "late")),
    }
}

pub(crate) async fn a_body_waits_for_signals_or_a_deadline(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), listen);
    let early = submit(&docket, work("early")).await;
    let late = submit(&docket, work("late")).await;
    docket.signal("early", "s")(1).await.unwrap();
    docket.signal("late", "other")(1).await.unwrap();
    let running = tokio::spawn(async move { worker.run_until_finished().await });
    reaches(&early, ExecutionState::Scheduled).await;
    docket.signal("early", "s")(2).await.unwrap();
    assert_eq!(early.typed::<String>().result().await.unwrap(), "1 2");
    assert_eq!(late.typed::<String>().result().await.unwrap(), "late");
    running.await.unwrap().unwrap();
    let error = docket.signal("early", "s")(3).await.unwrap_err();
    assert!(matches!(error, DocketError::NotPending { .. }), "{error}");
    let error = docket.signal("early", "s")(f64::NAN).await.unwrap_err();
    assert!(matches!(error, DocketError::StepValue { .. }), "{error}");
}

pub(crate) async fn a_body_waits_for_other_executions(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new()
        .task("part", Policy::default(), |delivery| async move {
            match delivery.payload().as_ref() {
                b"2" => Outcome::Failed(Failure::error("odd one out")),
                payload => Outcome::Completed(payload.to_vec().into()),
            }
        })
        .task("whole", Policy::default(), |delivery| async move {
            let (steps, docket) = (delivery.steps(), delivery.docket());
            let mut parts = Vec::new();
            for number in 1..=3 {
                let key = format!("part {number}");
                let part = Submission::new("part", number.to_string()).key(key.as_str());
                let add = async { Ok(docket.submit(part).await.map(drop)?) };
                if let Err(error) = steps.step(key.as_str()).run(add).await {
                    return outcome::<()>(Err(error));
                }
                match docket.get(key.as_str()).await {
                    Ok(Some(part)) => parts.push(part.typed::<u32>()),
                    other => return Outcome::Failed(Failure::error(format!("{other:?}"))),
                }
            }
            outcome(steps.wait_for_all(&parts).await.map(|results| {
                let values = results.into_iter().map(|result| result.unwrap_or(0));
                values.collect::<Vec<u32>>()
            }))
        });
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let whole = submit(&docket, Submission::new("whole", "null")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(whole.typed::<Vec<u32>>().result().await.unwrap(), [1, 0, 3]);
}

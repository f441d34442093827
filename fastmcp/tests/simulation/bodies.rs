//! The task bodies of a simulated world.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::{
    CurrentExecution, Failure, Handlers, Name, Outcome, Policy, Retry, Submission,
};
use tokio::time::sleep;

use crate::faults::Process;
use crate::history::{Entry, Recorder};

/// Returns the handlers of one process. Their bodies stop when it dies.
pub(crate) fn handlers(process: &Arc<Process>, recorder: &Recorder, is_old: bool) -> Handlers {
    let retry = Policy {
        retry: Retry::attempts(3).delay(Duration::from_millis(300)),
        timeout: Some(Duration::from_mins(1)),
        ..Policy::default()
    };
    let mut handlers = Handlers::new();
    for task in [
        "steady", "flaky", "slow", "stubborn", "snoozing", "toxic", "panics", "asking", "stepping",
        "family", "newest",
    ] {
        if is_old && task == "newest" {
            continue;
        }
        let (process, recorder) = (process.clone(), recorder.clone());
        handlers = handlers.task(Name::from_static(task), retry.clone(), move |delivery| {
            let (process, recorder) = (process.clone(), recorder.clone());
            async move {
                recorder.record(Entry::Began {
                    token: delivery.fencing_token(),
                });
                let dead = process.dead.clone();
                tokio::select! {
                    biased;
                    () = dead.cancelled() => std::future::pending().await,
                    outcome = body(task, delivery, &process, &recorder) => outcome,
                }
            }
        });
    }
    handlers
}

async fn body(
    task: &str,
    delivery: CurrentExecution,
    process: &Process,
    recorder: &Recorder,
) -> Outcome {
    match task {
        "flaky" if delivery.attempt() < 3 => Outcome::Failed(Failure::error("not yet")),
        "slow" => {
            for _ in 0..8 {
                sleep(Duration::from_secs(1)).await;
                // The store refuses a zombie's report. The body does not handle that.
                drop(delivery.progress().increment(1).await);
            }
            Outcome::done()
        }
        "stubborn" => {
            delivery.cancellation().cancelled().await;
            Outcome::json("swallowed")
        }
        "snoozing" if !delivery.fencing_token().is_multiple_of(3) => Outcome::Snooze {
            after: Duration::from_millis(500),
        },
        // Parks twice.
        "asking" => match delivery.note().map(|note| &note[..]) {
            Some(b"answered twice") => Outcome::done(),
            Some(b"answered") => Outcome::Park {
                note: "asks again".into(),
            },
            _ => Outcome::Park {
                note: "asks".into(),
            },
        },
        "stepping" => match stepping(&delivery, recorder).await {
            Ok(()) => Outcome::done(),
            Err(error) => Outcome::Failed(Failure::error(error.to_string())),
        },
        "family" => {
            for (child, task) in [("first", "slow"), ("second", "steady")] {
                let key = format!("{}/{child}", delivery.key());
                let child = Submission::new(Name::from_static(task), "null").key(key);
                let child = child.after(Duration::from_millis(700)).cancel_with_parent();
                // The next attempt adds what is missing.
                if delivery.docket().submit(child).await.is_err() {
                    return Outcome::Failed(Failure::error("the store is away"));
                }
            }
            sleep(Duration::from_secs(2)).await;
            Outcome::done()
        }
        "toxic" if !process.are_faults_disabled() => {
            process.die();
            std::future::pending().await
        }
        "panics" => std::panic::resume_unwind(Box::new("this task always panics")),
        _ => {
            sleep(Duration::from_millis(20)).await;
            Outcome::done()
        }
    }
}

/// Takes three steps, with a sleep and a wait for a signal in between.
async fn stepping(delivery: &CurrentExecution, recorder: &Recorder) -> fastmcp::Result<()> {
    let steps = delivery.steps();
    for step in ["one", "two", "three"] {
        let run = steps.step(step).run(async {
            let token = delivery.fencing_token();
            recorder.record(Entry::Stepped { token, step });
            sleep(Duration::from_millis(20)).await;
            Ok(())
        });
        run.await?;
        match step {
            "one" => steps.sleep("pause", Duration::from_millis(700)).await?,
            "two" => steps.wait_for::<()>("go").await?,
            _ => {}
        }
    }
    Ok(())
}

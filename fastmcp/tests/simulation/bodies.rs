//! The task bodies of a simulated world.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::{Delivery, Failure, Handlers, Name, Outcome, Policy, Retry};
use tokio::time::sleep;

use crate::faults::Process;
use crate::history::{Entry, Scribe};

/// The bodies of one process, which end with it.
pub(crate) fn handlers(process: &Arc<Process>, scribe: &Scribe, is_old: bool) -> Handlers {
    let retry = Policy {
        retry: Retry::attempts(3).delay(Duration::from_millis(300)),
        timeout: Some(Duration::from_mins(1)),
        ..Policy::default()
    };
    let mut handlers = Handlers::new();
    for task in [
        "steady", "flaky", "slow", "stubborn", "snoozing", "toxic", "panics", "asking", "newest",
    ] {
        if is_old && task == "newest" {
            continue;
        }
        let (process, scribe) = (process.clone(), scribe.clone());
        handlers = handlers.task(Name::from_static(task), retry.clone(), move |delivery| {
            let (process, scribe) = (process.clone(), scribe.clone());
            async move {
                scribe.write(Entry::Began {
                    token: delivery.execution().fencing_token(),
                });
                let dead = process.dead.clone();
                tokio::select! {
                    biased;
                    () = dead.cancelled() => std::future::pending().await,
                    outcome = body(task, delivery, &process) => outcome,
                }
            }
        });
    }
    handlers
}

async fn body(task: &str, delivery: Delivery, process: &Process) -> Outcome {
    let execution = delivery.execution();
    match task {
        "flaky" if execution.attempt() < 3 => Outcome::Failed(Failure::error("not yet")),
        "slow" => {
            for _ in 0..8 {
                sleep(Duration::from_secs(1)).await;
                // The store refuses a zombie's reports, so the body ignores errors.
                drop(delivery.progress().increment(1).await);
            }
            Outcome::done()
        }
        "stubborn" => {
            delivery.cancellation().cancelled().await;
            Outcome::json("swallowed")
        }
        "snoozing" if !execution.fencing_token().is_multiple_of(3) => Outcome::Snooze {
            after: Duration::from_millis(500),
        },
        // Asks until it gets an answer, then once more.
        "asking" => match delivery.note().map(|note| &note[..]) {
            Some(b"answered twice") => Outcome::done(),
            Some(b"answered") => Outcome::Park {
                note: "asks again".into(),
            },
            _ => Outcome::Park {
                note: "asks".into(),
            },
        },
        "toxic" if !process.is_calm() => {
            process.die();
            std::future::pending().await
        }
        "panics" => std::panic::resume_unwind(Box::new("as it always does")),
        _ => {
            sleep(Duration::from_millis(20)).await;
            Outcome::done()
        }
    }
}

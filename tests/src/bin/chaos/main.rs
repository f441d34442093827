//! A process of the chaos test: `chaos worker` runs until it is killed, `chaos producer` submits tasks for a set time.
//!
//! It logs its calls to the store and their results with one write per line, so that the log survives a
//! `SIGKILL`. `tests/chaos` starts these processes, injects faults, and reads the logs.

#[path = "../../../../fastmcp/tests/support/delegate.rs"]
mod delegate;
mod logging_backend;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastmcp::docket::{
    Docket, DocketBuilder, DocketOptions, Handlers, Outcome, Policy, Submission, Worker,
};
use logging_backend::{Log, LoggingBackend};

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn docket(log: &Log) -> Docket {
    let name = variable("CHAOS_DOCKET");
    let options = DocketOptions {
        result_ttl: Duration::from_hours(1),
        result_capacity: 10_000_000,
        ..DocketOptions::default()
    };
    let builder: DocketBuilder = Docket::builder(name)
        .options(options)
        .reconnection_delay(Duration::from_millis(50));
    let store = builder.clone().url(&variable("CHAOS_URL"));
    let store = store.expect("the URL is valid").backend().clone();
    builder.backend(Arc::new(LoggingBackend::new(store, log.clone())))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let log = Log::append(&variable("CHAOS_LOG"));
    let docket = docket(&log);
    match std::env::args().nth(1).as_deref() {
        Some("worker") => work(&docket, &log).await,
        Some("producer") => produce(&docket, &log).await,
        _ => panic!("usage: chaos worker|producer"),
    }
}

async fn work(docket: &Docket, log: &Log) {
    let is_harmless = std::env::var_os("CHAOS_HARMLESS").is_some();
    let log = log.clone();
    let handlers = Handlers::new()
        .task("work", Policy::default(), move |delivery| {
            let token = delivery.fencing_token();
            log.write(&format!("B {token} {}", delivery.key()));
            async move {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(0..40))).await;
                Outcome::json(&token)
            }
        })
        .task("toxic", Policy::default(), move |delivery| async move {
            if is_harmless {
                return Outcome::json(&delivery.fencing_token());
            }
            // The worker would catch a panic, but an abort ends the process.
            std::process::abort();
        });
    let worker = Worker::builder(docket, Arc::new(handlers))
        .concurrency(20)
        .lease(Duration::from_millis(
            variable("CHAOS_LEASE_MS")
                .parse()
                .expect("the variable is a number"),
        ))
        .max_deliveries(3)
        .build()
        .expect("the options are valid");
    worker.run_forever().await.expect("the worker runs");
}

async fn produce(docket: &Docket, log: &Log) {
    let until = Instant::now()
        + Duration::from_secs(
            variable("CHAOS_SECONDS")
                .parse()
                .expect("the variable is a number"),
        );
    let producer = variable("CHAOS_PRODUCER");
    let mut random = fastrand::Rng::with_seed(
        variable("CHAOS_SEED")
            .parse()
            .expect("the variable is a number"),
    );
    let mut added = 0_u64;
    while Instant::now() < until {
        // Some keys were used before, and may still be in use.
        let keys: Vec<u64> = (0..20)
            .map(|_| {
                added += 1;
                match random.u64(0..20) {
                    0 => random.u64(0..added),
                    _ => added,
                }
            })
            .collect();
        let batch: Vec<Submission> = keys
            .iter()
            .map(|number| {
                let submission =
                    Submission::new("work", "null").key(format!("{producer}-{number}"));
                match random.u64(0..10) {
                    0 => submission.after(Duration::from_millis(random.u64(0..1000))),
                    _ => submission,
                }
            })
            .collect();
        loop {
            match docket.submit_many(batch.clone()).await {
                Ok(answers) => {
                    for execution in answers.into_iter().flatten() {
                        log.write(&format!("A {} {}", execution.id().0, execution.key()));
                    }
                    break;
                }
                // The next attempt uses the same keys, so that nothing is submitted twice.
                Err(error) => eprintln!("{error}"),
            }
        }
        // Waits while the workers are behind.
        let pending = docket
            .snapshot()
            .await
            .map_or(0, |snapshot| snapshot.pending());
        let pause = if pending > 3000 { 500 } else { 10 };
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}

//! Every option of `#[task]`, together and in each of its forms.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use std::time::Duration;

use fastmcp::dependencies::{Cancellation, CurrentExecution, NextRun, TaskKey, TimeLimit};
use fastmcp::docket::Priority;
use fastmcp::prelude::*;

const PAUSE: Duration = Duration::from_secs(5);

fn is_passing(error: &fastmcp::Error) -> bool {
    error.is::<std::io::Error>()
}

#[task(
    name = "billing/charge",
    retry(attempts = forever, backoff = "1s".."1m", jitter, only_if = is_passing),
    timeout = PAUSE,
    concurrency(1, per = customer),
    rate_limit(10, per = "1m", by = customer),
    cooldown("2s", by = r#type),
    priority = high,
    logged(customer, r#type),
)]
async fn charge(customer: String, r#type: u64, progress: Progress) -> Result<u64> {
    progress.set_message(customer).await?;
    Ok(r#type)
}

#[task(retry(attempts = 3, delay = PAUSE * 2), concurrency = 2, debounce = "2s")]
async fn simple() {}

#[task(cron("0 9 * * MON-FRI", tz = "Europe/Berlin", automatic))]
async fn report(key: TaskKey, run: CurrentExecution, limit: TimeLimit, stop: Cancellation) {
    limit.extend(PAUSE);
    let _ = (key, run.attempt(), stop.is_cancelled());
}

#[task(perpetual(every = "1h", automatic))]
async fn sweep(next: NextRun, worker: Option<Worker>) {
    next.after(PAUSE);
    drop(worker);
}

fn main() {
    async fn uses(docket: Docket) -> Result<()> {
        docket.add(charge)("ada".into(), 7)
            .priority(Priority::Low)
            .await?;
        docket.add(simple)().await?;
        docket.add(report)().await?;
        docket.add(sweep)().await?;
        Ok(())
    }
    let _ = uses;
}

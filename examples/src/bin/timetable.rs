//! How does work run on a schedule, once for all processes that share a docket?
//!
//! ```text
//! timetable        serves standard input and output, and runs the tasks
//! ```

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use fastmcp::prelude::*;

/// The number of measurements since the start.
#[derive(Default)]
struct Measurements(AtomicU64);

/// Measures every 50 milliseconds. The first worker that starts schedules the first run.
#[task(perpetual(every = "50ms", automatic))]
async fn measure(measurements: State<Measurements>) {
    measurements.0.fetch_add(1, Ordering::Relaxed);
}

/// Runs at three o'clock at night, in local time, also when the clocks change.
#[task(
    cron("0 3 * * *", tz = "Europe/Berlin", automatic),
    retry(attempts = 5, delay = "1m")
)]
async fn clean_up() -> Result<()> {
    Ok(())
}

/// Returns the number of measurements.
#[tool(annotations(read_only))]
fn measured(measurements: State<Measurements>) -> u64 {
    measurements.0.load(Ordering::Relaxed)
}

/// Returns the minutes until the next clean-up.
#[tool(annotations(read_only))]
async fn next_clean_up(docket: Docket) -> Result<u64> {
    let execution = docket.get("clean_up").await?;
    let execution = execution.ok_or(ToolError::new("it is not scheduled"))?;
    let due = SystemTime::from(execution.record().await?.due);
    let left = due.duration_since(SystemTime::now()).unwrap_or_default();
    Ok(left.as_secs() / 60)
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("timetable")
        .enable_docket()
        .state(Measurements::default());
    Ok(server.run().await?)
}

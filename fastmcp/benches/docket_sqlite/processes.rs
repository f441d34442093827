//! Measures processes that share a file. The benchmark starts itself again as each further process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use fastmcp::docket::backend::{Claim, Settlement};
use fastmcp::docket::{Docket, Durability, Handlers, Outcome, Policy, Submission, Worker};

use crate::ours::{TASK, open};

/// The time for which busy processes run.
const BUSY: Duration = Duration::from_secs(5);

/// Runs what a further process does, if this is one.
pub(crate) fn run_child(arguments: &[String]) -> bool {
    let place = arguments.iter().position(|argument| argument == "--child");
    let Some(place) = place else {
        return false;
    };
    let [what, path] = &arguments[place + 1..place + 3] else {
        return false;
    };
    let docket = open(Path::new(path), Durability::Process);
    match what.as_str() {
        "run" => crate::run(run_tasks(docket)),
        _ => {
            let worst = crate::run(compete(docket));
            println!("{}", worst.as_micros());
        }
    }
    true
}

fn start(what: &str, path: &Path) -> Child {
    let program = std::env::current_exe().expect("the program has a path");
    Command::new(program)
        .args(["--child", what])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the process starts")
}

/// Prints the wall clock at the start of each body.
async fn run_tasks(docket: Docket) {
    let handlers = Handlers::new().task(TASK, Policy::default(), |_| {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{}", now());
        let _ = out.flush();
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .build()
        .expect("the options are valid");
    worker.run_forever().await.expect("the worker runs");
}

fn now() -> u128 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.expect("the clock is set").as_micros()
}

/// Measures the time from a submission in this process until its body runs in another process, one at a time.
pub(crate) async fn wake_up(path: &Path, samples: usize) -> Vec<Duration> {
    let docket = open(path, Durability::Process);
    docket.check().await.expect("the file can be opened");
    let mut child = start("run", path);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..=samples {
        // The worker is idle again.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let begin = now();
        let submission = Submission::new(TASK, "[1]");
        docket.submit(submission).await.expect("accepted");
        let line = lines.next().expect("the worker lives").expect("a line");
        let ran: u128 = line.parse().expect("a time");
        let micros = u64::try_from(ran.saturating_sub(begin)).unwrap_or(u64::MAX);
        latencies.push(Duration::from_micros(micros));
    }
    let _ = child.kill();
    let _ = child.wait();
    // The first one includes the start of the process.
    latencies.split_off(1)
}

/// Returns the longest time that a claim of one of three busy processes has taken, although work was there.
pub(crate) fn worst_claim(path: &Path) -> Duration {
    let children: Vec<Child> = (0..3).map(|_| start("compete", path)).collect();
    let worst = children.into_iter().map(|child| {
        let output = child.wait_with_output().expect("the process ends");
        let text = String::from_utf8_lossy(&output.stdout);
        Duration::from_micros(text.trim().parse().expect("a time"))
    });
    worst.max().unwrap_or_default()
}

/// Adds, claims and settles without a pause. Returns the longest time of a claim.
async fn compete(docket: Docket) -> Duration {
    let backend = docket.backend();
    let name: Arc<str> = Arc::from(format!("worker-{}", std::process::id()));
    let end = Instant::now() + BUSY;
    let mut worst = Duration::ZERO;
    while Instant::now() < end {
        let batch = (0..10).map(|_| Submission::new(TASK, "[1]"));
        docket.submit_many(batch).await.expect("accepted");
        let claim = Claim::new(name.clone(), 10, Duration::from_mins(1), 3);
        let begin = Instant::now();
        let claimed = backend.claim(claim).await.expect("claimed");
        worst = worst.max(begin.elapsed());
        let ends: Vec<Settlement> = claimed
            .iter()
            .map(|run| Settlement::new(run.lease, Outcome::done()))
            .collect();
        backend.settle(&ends).await.expect("settled");
    }
    worst
}

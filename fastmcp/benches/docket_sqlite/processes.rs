//! Measures processes that share a file. The benchmark starts itself again as each further process.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use fastmcp::docket::backend::{Claim, Settlement};
use fastmcp::docket::{Docket, Durability, Handlers, Outcome, Policy, Worker};

use crate::measure::{TASK, add_one, submission};
use crate::ours::{fill, open};

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
        "fill" => crate::run(fill_and_wait(docket)),
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

/// Adds the backlog, starts some of it, and waits to be killed.
async fn fill_and_wait(docket: Docket) {
    fill(&docket, crate::BACKLOG).await;
    let claim = Claim::new(Arc::from("killed"), 100, Duration::from_mins(10), 3);
    let claimed = docket.backend().claim(claim).await.expect("claimed");
    println!("{}", claimed.len());
    std::future::pending::<()>().await;
}

/// Returns the time from the start of a program until its first body runs, after another process was killed with the
/// backlog in the file.
pub(crate) fn first_body(path: &Path) -> Duration {
    let mut child = start("fill", path);
    let mut line = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut line).expect("filled");
    // SIGKILL on Unix.
    child.kill().expect("killed");
    child.wait().expect("it has ended");
    let begin = now();
    let mut child = start("run", path);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let ran: u128 = lines
        .next()
        .expect("it runs")
        .expect("a line")
        .parse()
        .expect("a time");
    let _ = child.kill();
    let _ = child.wait();
    Duration::from_micros(u64::try_from(ran.saturating_sub(begin)).unwrap_or(u64::MAX))
}

/// Returns how often the threads of an idle process wake up in five seconds; `None` without `/proc`. A body runs first,
/// so that the process is past its start.
pub(crate) fn idle_wake_ups(path: &Path) -> Option<f64> {
    let docket = open(path, Durability::Process);
    crate::run(fill(&docket, 500));
    drop(docket);
    let mut child = start("run", path);
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for _ in 0..500 {
        lines.next().expect("it runs").expect("a line");
    }
    // Threads without work end after ten seconds.
    std::thread::sleep(Duration::from_secs(15));
    let before = switches(child.id());
    std::thread::sleep(BUSY);
    let after = switches(child.id());
    let _ = child.kill();
    let _ = child.wait();
    u32::try_from(after? - before?).ok().map(f64::from)
}

/// Returns the number of times that the threads of a process have gone to sleep.
fn switches(process: u32) -> Option<u64> {
    let mut sum = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let status = std::fs::read_to_string(thread.ok()?.path().join("status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
        sum += line.trim().parse::<u64>().ok()?;
    }
    Some(sum)
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
        add_one(&docket).await;
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
        let batch = (0..10).map(|_| submission());
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

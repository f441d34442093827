//! One program as several processes on one Redis: servers and workers are started, stopped and killed.

use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::docket::{Docket, ExecutionState, Submission};
use serde_json::json;

#[path = "../../fastmcp/tests/support/redis.rs"]
mod server;

#[path = "replicas/health.rs"]
mod health;
#[path = "replicas/rate_limit.rs"]
mod rate_limit;
#[path = "replicas/telemetry.rs"]
mod telemetry;

use server::RedisServer;

const REPLICA: &str = env!("CARGO_BIN_EXE_replica");

/// The time limit of each step. A step that exceeds it counts as hanging.
const AT_MOST: Duration = Duration::from_mins(1);

fn replica(url: &str, name: &str) -> Command {
    let mut command = Command::new(REPLICA);
    command
        .env("FASTMCP_DOCKET_URL", url)
        .env("FASTMCP_DOCKET_NAME", name)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null());
    command
}

/// A worker process, killed on drop.
struct WorkerProcess(Child);

impl WorkerProcess {
    fn start(url: &str, name: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = replica(url, name);
        command.arg("worker").envs(variables.iter().copied());
        Self(command.spawn().expect("the program starts"))
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([&format!("-{signal}"), &self.0.id().to_string()])
            .status();
        assert!(status.expect("`kill` runs").success());
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) {
    let begin = std::time::Instant::now();
    while !holds().await {
        assert!(begin.elapsed() < AT_MOST, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn workers(docket: &Docket) -> usize {
    docket.workers().await.unwrap().len()
}

fn error_of(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn count(number: u64, pause_ms: u64) -> Submission {
    let payload = json!({ "number": number, "pause_ms": pause_ms });
    Submission::new("count", payload.to_string()).key(format!("k{number}"))
}

#[tokio::test]
async fn work_added_by_a_server_also_runs_in_worker_processes() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("replicas", &redis.url()).unwrap();
    let limits = [
        ("FASTMCP_DOCKET_CONCURRENCY", "2"),
        ("FASTMCP_DOCKET_WORKER_NAME", "the-worker"),
    ];
    let worker = WorkerProcess::start(&redis.url(), "replicas", &limits);
    until("the worker is there", async || workers(&docket).await == 1).await;
    assert_eq!(&*docket.workers().await.unwrap()[0].name, "the-worker");

    let mut command = tokio::process::Command::from(replica(&redis.url(), "replicas"));
    command.env("FASTMCP_DOCKET_CONCURRENCY", "2");
    let client = Client::spawn(command).await.unwrap();
    until("the server has a worker too", async || {
        workers(&docket).await == 2
    })
    .await;
    // Longer than one process may be held up on a busy machine.
    let arguments = json!({ "tasks": 12, "pause_ms": 500 });
    let answer = client.call_tool("ran_by", arguments).await.unwrap();
    let processes = answer.structured_content.unwrap()["result"].clone();
    let processes: Vec<u32> = serde_json::from_value(processes).unwrap();
    assert_eq!(processes.len(), 2, "{processes:?}");
    assert!(processes.contains(&worker.0.id()));
    client.close().await;
}

#[tokio::test]
async fn a_server_without_a_worker_only_adds_tasks() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("pure", &redis.url()).unwrap();
    let mut command = tokio::process::Command::from(replica(&redis.url(), "pure"));
    command.env("FASTMCP_DOCKET_CONCURRENCY", "0");
    let client = Client::spawn(command).await.unwrap();
    let worker = async {
        until("the tasks wait", async || {
            docket.snapshot().await.unwrap().queued == 3
        })
        .await;
        assert_eq!(workers(&docket).await, 0);
        WorkerProcess::start(&redis.url(), "pure", &[])
    };
    let arguments = json!({ "tasks": 3, "pause_ms": 0 });
    let (answer, worker) = tokio::join!(client.call_tool("ran_by", arguments), worker);
    let processes = answer.unwrap().structured_content.unwrap()["result"].clone();
    assert_eq!(processes, json!([worker.0.id()]));
    client.close().await;
}

#[tokio::test]
async fn a_stopping_worker_finishes_its_runs_and_deregisters() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("stopped", &redis.url()).unwrap();
    let mut first = WorkerProcess::start(&redis.url(), "stopped", &[]);
    let execution = docket.submit(count(1, 200)).await.unwrap();
    until("it runs", async || {
        execution.state().await == Ok(ExecutionState::Running)
    })
    .await;
    first.signal("TERM");
    assert!(first.0.wait().unwrap().success());
    let record = execution.record().await.unwrap();
    assert_eq!(record.state, ExecutionState::Completed, "it had its grace");
    assert_eq!(workers(&docket).await, 0, "it took its leave");
}

#[tokio::test]
async fn a_killed_workers_runs_are_taken_over() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("killed", &redis.url()).unwrap();
    let lease = [("FASTMCP_DOCKET_REDELIVERY_TIMEOUT", "1")];
    let first = WorkerProcess::start(&redis.url(), "killed", &lease);
    // It outlasts the steps until the kill, on a busy machine too.
    let execution = docket.submit(count(1, 5000)).await.unwrap();
    until("it runs", async || {
        execution.state().await == Ok(ExecutionState::Running)
    })
    .await;
    let second = WorkerProcess::start(&redis.url(), "killed", &lease);
    first.signal("KILL");
    let record = tokio::time::timeout(AT_MOST, execution.ended())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (record.state, record.delivery),
        (ExecutionState::Completed, 2)
    );
    let result: (u64, u32) = serde_json::from_slice(&record.result.unwrap()).unwrap();
    assert_eq!(result, (1, second.0.id()));
}

/// A worker that is stopped with `kill -STOP` until its lease has expired loses the run to another
/// worker, and its own reports are rejected.
#[tokio::test]
async fn a_worker_that_resumes_after_its_lease_is_fenced() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let docket = Docket::redis("late", &redis.url()).unwrap();
    let lease = [("FASTMCP_DOCKET_REDELIVERY_TIMEOUT", "1")];
    let first = WorkerProcess::start(&redis.url(), "late", &lease);
    let execution = docket.submit(count(1, 4000)).await.unwrap();
    until("it runs", async || {
        execution.state().await == Ok(ExecutionState::Running)
    })
    .await;
    first.signal("STOP");
    let second = WorkerProcess::start(&redis.url(), "late", &lease);
    until("it is delivered again", async || {
        execution.delivery().await == Ok(2)
    })
    .await;
    first.signal("CONT");
    let record = tokio::time::timeout(AT_MOST, execution.ended())
        .await
        .unwrap()
        .unwrap();
    let result: (u64, u32) = serde_json::from_slice(&record.result.unwrap()).unwrap();
    assert_eq!(result, (1, second.0.id()));
}

#[test]
fn invalid_environment_variables_are_named() {
    let run = |url: Option<&str>, argument: &str, variables: &[(&str, &str)]| {
        let mut command = replica("", "settings");
        command.env_remove("FASTMCP_DOCKET_URL").arg(argument);
        command.envs(url.map(|url| ("FASTMCP_DOCKET_URL", url)));
        command.envs(variables.iter().copied());
        error_of(&command.output().expect("the program runs"))
    };
    let error = run(Some("redis://:secret@127.0.0.1:1"), "", &[]);
    assert!(
        error.contains("FASTMCP_DOCKET_URL") && error.contains("127.0.0.1:1"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
    let error = run(Some("jobs.db"), "", &[]);
    assert!(
        error.contains("FASTMCP_DOCKET_URL") && error.contains("redis://"),
        "{error}"
    );
    for (variable, value) in [
        ("FASTMCP_DOCKET_CONCURRENCY", "-1"),
        ("FASTMCP_DOCKET_CONCURRENCY", "many"),
        ("FASTMCP_DOCKET_MAX_DELIVERIES", "-1"),
        ("FASTMCP_DOCKET_REDELIVERY_TIMEOUT", "soon"),
        ("FASTMCP_DOCKET_RECONNECTION_DELAY", "0"),
    ] {
        let error = run(None, "", &[(variable, value)]);
        assert!(
            error.contains(&format!("{variable} is `{value}`")),
            "{error}"
        );
    }
    let off = [("FASTMCP_DOCKET_CONCURRENCY", "0")];
    for (argument, problem) in [
        ("", "in the memory of this process"),
        ("worker", "`run_worker`"),
    ] {
        let error = run(Some("memory://"), argument, &off);
        let start = "FASTMCP_DOCKET_CONCURRENCY=0 disables the worker, but";
        assert!(error.contains(start) && error.contains(problem), "{error}");
    }
    for url in [None, Some("memory://")] {
        let error = run(url, "worker", &[]);
        assert!(error.contains("in the memory of this process"), "{error}");
        assert!(error.contains("FASTMCP_DOCKET_URL"), "{error}");
    }
}

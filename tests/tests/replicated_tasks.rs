//! Tasks on replicas: two HTTP servers and a worker as separate processes on one Redis. A
//! task created by one server is visible on the other and survives its creator and the worker. And a server
//! over standard input and output, whose tasks are in a file.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Submission};
use fastmcp_tests::http::{Events, Http, answer};
use serde_json::{Value, json};

#[path = "../../fastmcp/tests/support/redis.rs"]
mod server;

use server::RedisServer;

/// The time limit of each step. A step that exceeds it counts as hanging.
const AT_MOST: Duration = Duration::from_mins(1);

/// A process, killed on drop.
struct Process(Child);

impl Process {
    fn start(redis: &RedisServer, role: &str) -> Self {
        Self::start_on(&redis.url(), role)
    }

    fn start_on(url: &str, role: &str) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_task_replica"))
            .arg(role)
            .env("FASTMCP_DOCKET_URL", url)
            .env("FASTMCP_DOCKET_NAME", "tasks")
            .env("FASTMCP_DOCKET_CONCURRENCY", "3")
            // A killed worker is detected after two seconds.
            .env("FASTMCP_DOCKET_REDELIVERY_TIMEOUT", "2")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        Self(child.expect("the program starts"))
    }

    fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// An HTTP server and its client.
struct Replica {
    process: Process,
    http: Http,
}

impl Replica {
    fn start(redis: &RedisServer) -> Self {
        let mut process = Process::start(redis, "http");
        let output = process.0.stdout.take().expect("a pipe");
        let mut url = String::new();
        BufReader::new(output)
            .read_line(&mut url)
            .expect("its address");
        let http = Http::new(url.trim()).with("x-user", "ada");
        Self { process, http }
    }

    /// Sends a request as a client that declares the tasks extension.
    async fn ask(&self, method: &str, params: Value) -> Value {
        ask(&self.http, method, params).await
    }

    async fn make(&self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let handle = self.ask("tools/call", params).await["result"].take();
        assert_eq!(handle["resultType"], "task", "{handle}");
        json!({ "taskId": handle["taskId"] })
    }

    async fn get(&self, task: &Value) -> Value {
        let answer = self.ask("tasks/get", task.clone()).await;
        assert!(answer.get("result").is_some(), "{answer}");
        answer["result"].clone()
    }

    /// Waits until the task has this status.
    async fn once(&self, task: &Value, status: &str) -> Value {
        let begin = Instant::now();
        loop {
            let seen = self.get(task).await;
            if seen["status"] == status {
                return seen;
            }
            assert!(begin.elapsed() < AT_MOST, "not {status}: {seen}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn ask(http: &Http, method: &str, mut params: Value) -> Value {
    let tasks = json!({ "io.modelcontextprotocol/tasks": {} });
    let able = json!({ "extensions": tasks, "elicitation": {} });
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": able });
    answer(http.modern(method, params)).await.message()
}

#[tokio::test]
async fn a_task_is_visible_on_every_replica_and_survives_its_creator_and_worker() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (mut a, b) = (Replica::start(&redis), Replica::start(&redis));
    let mut worker = Process::start(&redis, "worker");

    // T8: a handle from A resolves on B at once.
    let asked = a.make("greet", json!({})).await;
    assert!(b.get(&asked).await["status"].is_string());

    // Answered on B, visible on A.
    let open = b.once(&asked, "input_required").await;
    assert_eq!(
        open["inputRequests"]["name"]["method"],
        "elicitation/create"
    );
    let name = json!({ "action": "accept", "content": { "value": "Ada" } });
    let answers = json!({ "taskId": asked["taskId"], "inputResponses": { "name": name } });
    let ack = b.ask("tasks/update", answers).await;
    assert!(ack.get("result").is_some(), "{ack}");
    let greeted = a.once(&asked, "completed").await;
    assert_eq!(greeted["result"]["content"][0]["text"], "Hello, Ada!");

    // Cancelled on B, visible on A.
    let endless = a.make("endless", json!({})).await;
    b.ask("tasks/cancel", endless.clone()).await;
    a.once(&endless, "cancelled").await;

    // T34: another user gets "not found" from both servers.
    for replica in [&a, &b] {
        let bob = replica.http.clone().with("x-user", "bob");
        let refused = ask(&bob, "tasks/get", asked.clone()).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }

    // This task asks before the slow ones exist: it would wait for a slot behind them.
    let waiting = a.make("greet", json!({})).await;
    b.once(&waiting, "input_required").await;

    // More tasks than B has slots: A and the worker run some of them. They outlast the steps
    // until both are killed, on a loaded machine too.
    let mut slow = Vec::new();
    for _ in 0..8 {
        slow.push(a.make("slow", json!({ "pause_ms": 4000 })).await);
    }
    for task in &slow {
        b.get(task).await;
    }
    a.process.kill();
    worker.kill();
    let mut by_b = 0;
    for task in &slow {
        let done = b.once(task, "completed").await;
        let pid = &done["result"]["structuredContent"]["result"];
        by_b += usize::from(pid == b.process.0.id());
    }
    assert!(by_b > 3, "B finishes what the dead left: {by_b} of 8");
    // Tasks that waited for input still wait, and continue when it arrives.
    assert_eq!(b.get(&waiting).await["status"], "input_required");
    let name = json!({ "action": "accept", "content": { "value": "Bob" } });
    let answers = json!({ "taskId": waiting["taskId"], "inputResponses": { "name": name } });
    b.ask("tasks/update", answers).await;
    let greeted = b.once(&waiting, "completed").await;
    assert_eq!(greeted["result"]["content"][0]["text"], "Hello, Bob!");

    // T17: a task is kept for its TTL and then not found, also by a newly started server.
    let brief = b.make("brief", json!({})).await;
    b.once(&brief, "completed").await;
    let begin = Instant::now();
    let c = Replica::start(&redis);
    c.get(&waiting).await;
    while b
        .ask("tasks/get", brief.clone())
        .await
        .get("error")
        .is_none()
    {
        assert!(begin.elapsed() < AT_MOST, "it is never forgotten");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for replica in [&b, &c] {
        let gone = replica.ask("tasks/get", brief.clone()).await;
        assert_eq!(gone["error"]["code"], -32602, "{gone}");
    }
}

/// A server over standard input and output, with its tasks in a file.
struct StdioServer {
    process: Process,
    read: BufReader<std::process::ChildStdout>,
    last_id: u64,
}

impl StdioServer {
    fn start(file: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_task_replica"))
            .arg("stdio")
            .env("FASTMCP_DOCKET_URL", format!("sqlite://{}", file.display()))
            // The lease is long: the new server notices that the process of the run has ended.
            .env("FASTMCP_DOCKET_REDELIVERY_TIMEOUT", "10m")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = Process(child.expect("the program starts"));
        let output = process.0.stdout.take().expect("a pipe");
        Self {
            process,
            read: BufReader::new(output),
            last_id: 0,
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.try_ask(method, params)
            .expect("the server has stopped")
    }

    /// Sends a request; returns `None` if the server stops before it responds.
    fn try_ask(&mut self, method: &str, params: Value) -> Option<Value> {
        let tasks = json!({ "io.modelcontextprotocol/tasks": {} });
        self.try_ask_with(tasks, method, params)
    }

    /// Calls a tool as a client without support for tasks.
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut answer = self
            .try_ask_with(json!({}), "tools/call", params)
            .expect("the server has stopped");
        answer["result"].take()
    }

    fn try_ask_with(&mut self, tasks: Value, method: &str, mut params: Value) -> Option<Value> {
        self.last_id += 1;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "extensions": tasks, "elicitation": {} },
        });
        let id = self.last_id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let input = self.process.0.stdin.as_mut().expect("a pipe");
        writeln!(input, "{request}").ok()?;
        loop {
            let mut line = String::new();
            if self.read.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let message: Value = serde_json::from_str(&line).expect("a message");
            if message["id"] == id {
                return Some(message);
            }
        }
    }
}

#[test]
fn a_task_in_a_file_survives_its_server() {
    let directory = std::env::temp_dir().join(format!("fastmcp-tasks-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("the directory can be created");
    let file = directory.join("tasks.db");
    let mut first = StdioServer::start(&file);
    let params = json!({ "name": "slow", "arguments": { "pause_ms": 400 } });
    let handle = first.ask("tools/call", params)["result"].take();
    assert_eq!(handle["resultType"], "task", "{handle}");
    let task = json!({ "taskId": handle["taskId"] });
    // The client has the handle, and the body has begun or is about to.
    first.process.kill();

    let mut second = StdioServer::start(&file);
    let begin = Instant::now();
    let done = loop {
        let answer = second.ask("tasks/get", task.clone());
        let seen = &answer["result"];
        assert!(seen.is_object(), "{answer}");
        if seen["status"] == "completed" {
            break seen.clone();
        }
        assert!(begin.elapsed() < AT_MOST, "not completed: {seen}");
        std::thread::sleep(Duration::from_millis(20));
    };
    let pid = &done["result"]["structuredContent"]["result"];
    assert_eq!(*pid, second.process.0.id(), "the new server has run it");
    drop(second);
    let _ = std::fs::remove_dir_all(directory);
}

/// A client without support for tasks goes on with the ID of its call.
#[test]
fn a_call_with_a_fallback_in_a_file_survives_its_server() {
    let directory = std::env::temp_dir().join(format!("fastmcp-fallback-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("the directory can be created");
    let file = directory.join("tasks.db");
    let mut first = StdioServer::start(&file);
    let answer = first.call("slow", json!({ "pause_ms": 1_000 }));
    let id = json!({ "taskId": answer["structuredContent"]["taskId"] });
    assert!(id["taskId"].is_string(), "{answer}");
    first.process.kill();

    let mut second = StdioServer::start(&file);
    let begin = Instant::now();
    let result = loop {
        let result = second.call("task_result", id.clone());
        assert!(result.is_object() && result["isError"] != true, "{result}");
        if result["structuredContent"]["status"] != "working" {
            break result;
        }
        assert!(begin.elapsed() < AT_MOST, "not completed: {result}");
    };
    assert_eq!(
        result["structuredContent"]["result"],
        second.process.0.id(),
        "the new server has run it"
    );
    drop(second);
    let _ = std::fs::remove_dir_all(directory);
}

/// The task runs in another process than the one that notifies.
#[tokio::test]
async fn a_replica_notifies_of_tasks_that_run_elsewhere() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (a, b) = (Replica::start(&redis), Replica::start(&redis));
    let task = a.make("greet", json!({})).await;
    let id = &task["taskId"];
    b.once(&task, "input_required").await;
    let tasks = json!({ "io.modelcontextprotocol/tasks": {} });
    let params = json!({
        "notifications": { "taskIds": [id] },
        "_meta": { "io.modelcontextprotocol/clientCapabilities": { "extensions": tasks } },
    });
    let request = b.http.modern("subscriptions/listen", params);
    let mut events = Events::of(request).await;
    let mut next = async || loop {
        let event = events.next().await.expect("the stream is open");
        if !event.data.is_null() {
            break event.data;
        }
    };
    let first = next().await;
    assert_eq!(
        first["params"]["notifications"]["taskIds"],
        json!([id]),
        "{first}"
    );
    let answer = json!({ "name": { "action": "accept", "content": { "value": "Ada" } } });
    let params = json!({ "taskId": id, "inputResponses": answer });
    a.ask("tasks/update", params).await;
    loop {
        let sent = next().await;
        assert_eq!(sent["method"], "notifications/tasks", "{sent}");
        if sent["params"]["status"] == "completed" {
            break;
        }
    }
}

/// The answers of replicas do not depend on which of them made the task.
#[tokio::test]
async fn a_call_with_a_fallback_survives_its_replica() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let (mut a, b) = (Replica::start(&redis), Replica::start(&redis));
    let call = async |replica: &Replica, tool: &str, arguments: Value| {
        let params = json!({ "name": tool, "arguments": arguments });
        let answer = answer(replica.http.modern("tools/call", params)).await;
        answer.message()["result"].take()
    };
    let started = call(&a, "slow", json!({ "pause_ms": 1_500 })).await;
    let id = json!({ "taskId": started["structuredContent"]["taskId"] });
    assert!(id["taskId"].is_string(), "{started}");
    a.process.kill();
    let begin = Instant::now();
    let result = loop {
        let result = call(&b, "task_result", id.clone()).await;
        assert!(result.is_object() && result["isError"] != true, "{result}");
        if result["structuredContent"]["status"] != "working" {
            break result;
        }
        assert!(begin.elapsed() < AT_MOST, "not completed: {result}");
    };
    assert!(result["structuredContent"]["result"].is_u64(), "{result}");
}

/// Runs `journey` in processes that kill themselves, one after the other, until it has ended.
async fn travel(url: &str, directory: &Path) {
    let docket = Docket::builder("tasks").url(url).expect("the URL is valid");
    let log = directory.join("log");
    let payload = json!({ "log": log }).to_string();
    let submission = Submission::new("journey", payload);
    let journey = docket.submit(submission).await.expect("it is accepted");
    let journey = journey.typed::<()>();
    let mut result = std::pin::pin!(journey.result());
    for _ in 0..20 {
        let mut process = Process::start_on(url, "worker");
        let exited = async {
            while matches!(process.0.try_wait(), Ok(None)) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let ended = tokio::select! {
            result = &mut result => Some(result),
            () = exited => None,
        };
        if let Some(result) = ended {
            result.expect("the journey has completed");
            break;
        }
    }
    let lines = std::fs::read_to_string(log).expect("the steps have written it");
    let lines: Vec<&str> = lines.lines().collect();
    let expected = [
        "one",
        "killed after one",
        "two",
        "killed after two",
        "three",
        "killed in three",
        "three",
        "killed after three",
        "four",
    ];
    assert_eq!(lines, expected, "{url}");
}

#[tokio::test]
async fn a_recorded_step_does_not_run_again_after_its_process_was_killed() {
    let directory = std::env::temp_dir().join(format!("fastmcp-steps-{}", std::process::id()));
    let in_file = directory.join("in-file");
    std::fs::create_dir_all(&in_file).expect("the directory can be created");
    travel(
        &format!("sqlite://{}/tasks.db", in_file.display()),
        &in_file,
    )
    .await;
    if let Some(redis) = RedisServer::start() {
        travel(&redis.url(), &directory).await;
    }
    let _ = std::fs::remove_dir_all(directory);
}

/// The journal of the steps and the answers to the questions are stored in two ways, and one does not lose the other.
#[test]
fn steps_and_questions_take_turns_in_a_server_that_is_killed() {
    let directory = std::env::temp_dir().join(format!("fastmcp-errand-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("the directory can be created");
    let (file, log) = (directory.join("tasks.db"), directory.join("log"));
    let mut server = StdioServer::start(&file);
    let params = json!({ "name": "errand", "arguments": { "log": log } });
    let handle = server.ask("tools/call", params)["result"].take();
    assert_eq!(handle["resultType"], "task", "{handle}");
    let task = json!({ "taskId": handle["taskId"] });
    let (begin, mut answered) = (Instant::now(), Vec::new());
    let done = loop {
        assert!(begin.elapsed() < AT_MOST, "not completed: {answered:?}");
        let Some(mut answer) = server.try_ask("tasks/get", task.clone()) else {
            server = StdioServer::start(&file);
            continue;
        };
        let seen = answer["result"].take();
        if seen["status"] == "completed" {
            break seen;
        }
        for (key, value) in [("who", "Ada"), ("when", "noon")] {
            if seen["inputRequests"].get(key).is_some() {
                answered.push(key);
                let response = json!({ "action": "accept", "content": { "value": value } });
                let params =
                    json!({ "taskId": task["taskId"], "inputResponses": { key: response } });
                server.try_ask("tasks/update", params);
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(done["result"]["content"][0]["text"], "Ada at noon");
    assert_eq!(answered, ["who", "when"], "each question is asked once");
    let lines = std::fs::read_to_string(log).expect("the steps have written it");
    let expected = [
        "first",
        "killed after first",
        "killed after who",
        "second for Ada",
        "killed after second",
        "killed after when",
        "third at noon",
    ];
    assert_eq!(lines.lines().collect::<Vec<_>>(), expected);
    drop(server);
    let _ = std::fs::remove_dir_all(directory);
}

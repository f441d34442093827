//! A front as a process.

use std::process::Stdio;

use fastmcp::client::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;

use crate::project::Project;

/// A front as a process.
pub struct Front {
    pub process: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    /// What it has printed to standard error.
    log: watch::Receiver<Vec<String>>,
    /// Messages that were read while another one was awaited.
    early: Vec<Value>,
    next_id: u64,
}

pub fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dev_front"));
    command
        .arg(project.manifest())
        .args(arguments)
        .env("CARGO_TARGET_DIR", project.target())
        // As in `new_crate.rs`, so that the library is built once.
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("CARGO_MANIFEST_DIR");
    command
}

impl Front {
    pub fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut process = command(project, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (sender, log) = watch::channel(Vec::new());
        let mut errors = BufReader::new(process.stderr.take().unwrap()).lines();
        tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                eprintln!("{line}");
                sender.send_modify(|log| log.push(line));
            }
        });
        Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
            log,
            early: Vec::new(),
            next_id: 0,
        }
    }

    /// Waits for a line of the log that contains `text`, and returns the lines until then.
    pub async fn logged(&self, text: &str) -> Vec<String> {
        let mut log = self.log.clone();
        let lines = log
            .wait_for(|lines| lines.iter().any(|it| it.contains(text)))
            .await;
        lines.expect(text).clone()
    }

    /// Returns the address of the tools for coding agents.
    pub async fn agent_url(&self) -> String {
        let lines = self.logged("/dev/mcp").await;
        let url = lines.iter().find_map(|line| line.split_once("are at "));
        url.unwrap().1.to_owned()
    }

    pub async fn say(&mut self, message: Value) {
        let line = format!("{message}\n");
        self.input
            .as_mut()
            .unwrap()
            .write_all(line.as_bytes())
            .await
            .unwrap();
    }

    /// Starts a request, and returns its ID.
    pub async fn ask(&mut self, method: &str, params: Value) -> u64 {
        self.next_id += 1;
        let id = self.next_id;
        self.say(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    pub async fn call(&mut self, tool: &str, arguments: Value) -> u64 {
        self.ask(
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
        .await
    }

    /// Waits for a message; other messages are kept for later.
    pub async fn hear(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.early.iter().position(&is_wanted) {
            return self.early.remove(index);
        }
        loop {
            let line = self
                .output
                .next_line()
                .await
                .unwrap()
                .expect("the front has ended");
            let message: Value = serde_json::from_str(&line).unwrap();
            if is_wanted(&message) {
                return message;
            }
            self.early.push(message);
        }
    }

    pub async fn answer(&mut self, id: u64) -> Value {
        self.hear(|message| message["id"] == id && message["method"].is_null())
            .await
    }

    /// Waits for a notification or a question.
    pub async fn told(&mut self, method: &str) -> Value {
        self.hear(|message| message["method"] == method).await
    }

    /// Calls a tool, and returns the text of the result.
    pub async fn text(&mut self, tool: &str, arguments: Value) -> String {
        let id = self.call(tool, arguments).await;
        text(&self.answer(id).await)
    }

    /// Closes the input, and returns the messages that nobody has awaited.
    pub async fn close_and_read(mut self) -> Vec<Value> {
        drop(self.input.take());
        while let Ok(Some(line)) = self.output.next_line().await {
            self.early.push(serde_json::from_str(&line).unwrap());
        }
        self.early
    }

    /// Closes the input, and waits for the end of the process.
    pub async fn close(mut self) -> bool {
        drop(self.input.take());
        self.process.wait().await.unwrap().success()
    }
}

/// Returns the text of the result of a tool.
pub fn text(answer: &Value) -> String {
    let text = answer["result"]["content"][0]["text"].as_str();
    text.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Calls a tool for coding agents.
pub async fn agent(url: &str, tool: &str) -> Value {
    let client = Client::http(url).await.unwrap();
    let result = client.call_tool(tool, json!({})).await.unwrap();
    client.close().await;
    result.structured_content.unwrap()
}

/// Waits until the last build has this status, and returns it.
pub async fn built(url: &str, status: &str) -> Value {
    loop {
        let build = agent(url, "build_errors").await;
        if build["status"] == status {
            return build;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

//! Starts Redis servers for tests, on free ports and in temporary directories.

#![allow(dead_code, reason = "each test program uses some of it")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A server that stops when this value is dropped, or when this process ends.
#[derive(Debug)]
pub(crate) struct RedisServer {
    port: u16,
    directory: PathBuf,
    options: Vec<String>,
    process: Child,
}

/// Finds the program. If it is missing, prints a line and returns `None`; fails if `FASTMCP_TEST_REDIS=required`.
fn program() -> Option<&'static str> {
    static PROGRAM: OnceLock<Option<&'static str>> = OnceLock::new();
    *PROGRAM.get_or_init(|| {
        let found = ["redis-server", "valkey-server"].into_iter().find(|name| {
            Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        });
        if found.is_none() {
            let is_required =
                std::env::var("FASTMCP_TEST_REDIS").is_ok_and(|value| value == "required");
            assert!(!is_required, "redis-server is required and not installed");
            // `eprintln!` would be captured in a passing test.
            let mut out = std::io::stderr();
            let _ = out.write_all(
                b"redis-server is not installed: the tests of dockets in Redis did not run\n",
            );
        }
        found
    })
}

impl RedisServer {
    /// Starts a server without persistence; returns `None` if Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&["--save", "", "--appendonly", "no"])
    }

    /// Starts a server that persists every acknowledged write, also when it is killed.
    pub(crate) fn start_on_disk() -> Option<Self> {
        Self::start_with(&[
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
        ])
    }

    pub(crate) fn start_with(options: &[&str]) -> Option<Self> {
        program()?;
        // The port is free now; if another process takes it first, the first response shows it.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let directory =
            std::env::temp_dir().join(format!("fastmcp-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("a directory");
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let process = launch(port, &directory, &options);
        let server = Self {
            port,
            directory,
            options,
            process,
        };
        server.wait();
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server with SIGKILL.
    pub(crate) fn kill(&mut self) {
        // The shell kills the server when its pipe closes.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }

    /// Starts the server again, on the same port and directory.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.process = launch(self.port, &self.directory, &self.options);
        self.wait();
    }

    /// Sends one inline command and returns the beginning of the response.
    pub(crate) fn say(&self, command: &str) -> String {
        self.say_raw(command).expect("an answer of Redis")
    }

    fn say_raw(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(command.as_bytes())?;
        stream.write_all(b"\r\n")?;
        let mut answer = vec![0; 65_536];
        let length = stream.read(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
    }

    fn wait(&self) {
        let begin = Instant::now();
        loop {
            match self.say_raw("PING") {
                Ok(answer) if answer.starts_with("+PONG") || answer.starts_with("-NOAUTH") => {
                    return;
                }
                _ if begin.elapsed() > Duration::from_secs(30) => {
                    panic!("redis-server does not answer on port {}", self.port)
                }
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// A shell that stops the server when its pipe closes, also if this process is killed.
fn launch(port: u16, directory: &std::path::Path, options: &[String]) -> Child {
    Command::new("sh")
        .arg("-c")
        .arg("\"$@\" >redis.log 2>&1 & server=$!; read -r _; kill -KILL $server; wait $server")
        .arg("sh")
        .arg(program().expect("the caller has checked it"))
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(options)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell")
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Returns one server for all tests of the program.
pub(crate) fn shared() -> Option<&'static RedisServer> {
    static SHARED: OnceLock<Option<RedisServer>> = OnceLock::new();
    SHARED.get_or_init(RedisServer::start).as_ref()
}

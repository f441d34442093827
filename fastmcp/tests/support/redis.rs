//! Redis servers for tests, each on a free port and in a temporary directory.

#![allow(dead_code, reason = "no test program uses all of it")]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A running server. It is killed when this value is dropped, or when the test process ends.
#[derive(Debug)]
pub(crate) struct RedisServer {
    port: u16,
    directory: PathBuf,
    options: Vec<String>,
    process: Child,
}

/// Returns the name of the server program. Without one it prints a line and returns `None`, or panics if
/// `FASTMCP_TEST_REDIS=required`.
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
            assert!(
                !is_required,
                "FASTMCP_TEST_REDIS=required, but redis-server is not installed"
            );
            // Not `eprintln!`: the test harness captures it, and shows it only for failed tests.
            let mut out = std::io::stderr();
            let _ = out.write_all(
                b"redis-server is not installed: skipping the tests of the Redis backend\n",
            );
        }
        found
    })
}

impl RedisServer {
    /// Starts a server without persistence. Returns `None` if Redis is not installed.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&["--save", "", "--appendonly", "no"])
    }

    /// Starts a server that writes every change to its log before it acknowledges it, so that a kill loses nothing.
    ///
    /// With `everysec`, the default, the server postpones writes while the disk is busy with its `fsync`. A kill then loses
    /// up to two seconds of acknowledged changes.
    pub(crate) fn start_on_disk() -> Option<Self> {
        Self::start_with(&["--save", "", "--appendonly", "yes", "--appendfsync", "no"])
    }

    pub(crate) fn start_with(options: &[&str]) -> Option<Self> {
        program()?;
        // Another program could take the port before the server does. The server then fails to start, and `wait` panics.
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("there is a free port")
            .port();
        let directory =
            std::env::temp_dir().join(format!("fastmcp-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&directory).expect("the directory can be created");
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

    /// Sends one inline command and returns the beginning of the reply.
    pub(crate) fn send(&self, command: &str) -> String {
        self.try_send(command).expect("Redis replies")
    }

    fn try_send(&self, command: &str) -> std::io::Result<String> {
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
            match self.try_send("PING") {
                Ok(answer) if answer.starts_with("+PONG") || answer.starts_with("-NOAUTH") => {
                    return;
                }
                _ if begin.elapsed() > Duration::from_secs(30) => {
                    panic!("redis-server does not reply on port {}", self.port)
                }
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// Starts a shell that runs the server and kills it when the pipe to the shell closes. The pipe also closes when this
/// process is killed, which `Drop` would not cover.
fn launch(port: u16, directory: &std::path::Path, options: &[String]) -> Child {
    Command::new("sh")
        .arg("-c")
        .arg("\"$@\" >redis.log 2>&1 & server=$!; read -r _; kill -KILL $server; wait $server")
        .arg("sh")
        .arg(program().expect("checked in `start_with`"))
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(options)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell can be started")
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Returns the server that all tests of the program share.
pub(crate) fn shared() -> Option<&'static RedisServer> {
    static SHARED: OnceLock<Option<RedisServer>> = OnceLock::new();
    SHARED.get_or_init(RedisServer::start).as_ref()
}

//! The server process under attack and its use of resources.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// The limit of the growth in memory between shortly after the start of an attack and its end.
/// There are hundreds of messages of some 100 KiB; if they leaked, the growth would exceed this
/// limit.
const MORE_MEMORY: u64 = 48 * 1024 * 1024;

/// The limit of the growth in open files.
const MORE_FILES: usize = 8;

/// A server in a separate process.
pub struct Target {
    pub child: Child,
    /// Its output on standard error.
    errors: Option<JoinHandle<String>>,
}

/// The resources of the process.
#[derive(Debug, Clone, Copy)]
pub struct Resources {
    memory: u64,
    files: usize,
}

impl Target {
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// Starts with additional environment variables.
    pub fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fuzz_target"))
            .args(arguments)
            .env("FASTMCP_LOG_LEVEL", "off")
            .env("RUST_BACKTRACE", "0")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the target starts");
        let mut stderr = child.stderr.take().expect("it is piped");
        let errors = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        Self {
            child,
            errors: Some(errors),
        }
    }

    /// Returns its current resources; `None` on platforms without `/proc`.
    pub fn resources(&self) -> Option<Resources> {
        let of = format!("/proc/{}", self.child.id());
        let status = std::fs::read_to_string(format!("{of}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(Resources {
            memory: kilobytes * 1024,
            files: std::fs::read_dir(format!("{of}/fd")).ok()?.count(),
        })
    }

    /// Ends the process, and asserts that its output contains no panics except the requested ones.
    pub fn finish(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let errors = self.errors.take().expect("it is taken once");
        let errors = errors.join().expect("it was read");
        for line in errors.lines() {
            let is_expected = line.is_empty()
                || line == "on purpose"
                || line.starts_with("note: run with `RUST_BACKTRACE")
                || (line.contains("panicked at") && line.contains("fuzz_target.rs"));
            assert!(is_expected, "unexpected output of the server: {errors}");
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Resources {
    /// Returns whether `self` is within the limits of growth since `before`.
    pub fn is_within_limits_of(self, before: Self) -> bool {
        self.memory <= before.memory + MORE_MEMORY && self.files <= before.files + MORE_FILES
    }
}

//! Builds and starts the servers, which are programs of their own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The folder of the built programs.
pub(crate) struct Programs(PathBuf);

/// A server that can be started.
pub(crate) struct Server {
    program: PathBuf,
    mode: &'static str,
}

/// A process that is killed at the end.
pub(crate) struct Process(pub(crate) Child);

impl Programs {
    /// Builds all servers; `None` if that fails. `CALLS_TARGET_DIR` sets the folder of the build.
    pub(crate) fn build() -> Option<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/calls/servers");
        let target = std::env::var_os("CALLS_TARGET_DIR").map_or_else(
            || Path::new(env!("CARGO_TARGET_TMPDIR")).join("calls"),
            PathBuf::from,
        );
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--manifest-path"])
            .arg(source.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            .stdin(Stdio::null())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("the servers could not be built; their rows are missing");
            return None;
        }
        Some(Self(target.join("release")))
    }

    fn server(&self, name: &str, mode: &'static str) -> Server {
        Server {
            program: self.0.join(name),
            mode,
        }
    }

    pub(crate) fn ours(&self, tools: usize) -> Server {
        self.server(if tools > 2 { "ours_100" } else { "ours" }, "stdio")
    }

    pub(crate) fn rmcp(&self, tools: usize) -> Server {
        self.server(if tools > 2 { "rmcp_100" } else { "rmcp" }, "stdio")
    }

    pub(crate) fn limit(&self, mode: &'static str) -> Server {
        self.server("limits", mode)
    }
}

impl Server {
    pub(crate) fn with_mode(self, mode: &'static str) -> Self {
        Self { mode, ..self }
    }

    /// Starts the server. `address` is for HTTP.
    pub(crate) fn start(&self, address: Option<&str>) -> Process {
        let child = Command::new(&self.program)
            .arg(self.mode)
            .args(address)
            .env("RUST_LOG", "error")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Process(child.expect("the server starts"))
    }
}

impl Process {
    /// Returns the resident memory in bytes on Linux, and 0 elsewhere.
    pub(crate) fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()));
        let kilobytes = status.ok().and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        });
        kilobytes.unwrap_or_default() * 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

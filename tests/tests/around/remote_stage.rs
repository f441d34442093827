//! A server in another process.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use fastmcp::client::Upstream;

pub(crate) const UPSTREAM: &str = env!("CARGO_BIN_EXE_upstream");

/// A server on the standard streams of another process.
pub(crate) fn process() -> Upstream {
    Upstream::process(|| {
        let mut command = tokio::process::Command::new(UPSTREAM);
        command.stderr(Stdio::null());
        command
    })
}

/// A server over HTTP in another process, which is killed when it is dropped.
pub(crate) struct OverHttp(Child);

impl OverHttp {
    pub(crate) fn start(address: &str) -> Self {
        Self::start_with(address, [])
    }

    /// Starts the server with these environment variables.
    pub(crate) fn start_with<'a>(
        address: &str,
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut command = Command::new(UPSTREAM);
        command
            .arg(address)
            .envs(variables)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for OverHttp {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

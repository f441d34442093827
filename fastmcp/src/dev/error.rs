//! [`DevError`].

use std::path::PathBuf;

/// The error of a front that cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevError {
    /// The package of the program cannot be found.
    #[error("cannot find the package to build: {0}")]
    Project(String),
    /// The server would not know its private address.
    #[error(
        "the arguments of the server have no `{{address}}`; set them, such as `.arguments([\"--http\", \"{{address}}\"])`"
    )]
    NoAddress,
    /// The address cannot be bound.
    #[error("cannot listen on `{address}`: {reason}")]
    Listen {
        /// The address.
        address: String,
        /// The error of the operating system.
        reason: String,
    },
    /// Standard input or output cannot be read or written.
    #[error("cannot use standard input and output: {0}")]
    Stdio(std::io::Error),
    /// The server of the front for coding agents cannot start.
    #[error("cannot start the MCP server of `dev`: {0}")]
    Agent(String),
    /// There is no running front to attach to.
    #[error("no front is running: {path} {problem}; start `dev` first", path = .path.display())]
    NotRunning {
        /// The file in which a front writes its address.
        path: PathBuf,
        /// What is wrong with the file.
        problem: String,
    },
}

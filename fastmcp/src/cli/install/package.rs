//! [`Package`]: the facts that all packages state about the server.

use std::path::PathBuf;

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::install::host::program;
use crate::server::builder::FastMcp;
use crate::server::describe::ServerDescription;

/// The facts about a server, and its program.
pub(crate) struct Package {
    pub(crate) server: ServerDescription,
    pub(crate) description: String,
    pub(crate) program: PathBuf,
}

impl Package {
    pub(crate) fn of(server: FastMcp, description: Option<&str>) -> CommandResult<Self> {
        let server = ServerDescription::of(server.0)?;
        let description = description.map(str::to_owned);
        let description = description
            .or_else(|| server.title.clone())
            .or_else(|| server.instructions.as_deref().map(first_sentence))
            .unwrap_or_else(|| format!("The MCP server {}", server.name));
        Ok(Self {
            description,
            server,
            program: program()?,
        })
    }

    /// Returns the name of the server in lower case, with ASCII letters, digits and `-` only.
    pub(crate) fn slug(&self) -> String {
        let name = self.server.name.to_lowercase();
        let parts = name.split(|it: char| !it.is_ascii_alphanumeric());
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            "server".to_owned()
        } else {
            parts.join("-")
        }
    }

    /// Returns the name of the program's file.
    pub(crate) fn file_name(&self) -> CommandResult<&str> {
        let name = self.program.file_name().and_then(|name| name.to_str());
        name.ok_or_else(|| Failure::unavailable("the name of this program is not UTF-8"))
    }
}

fn first_sentence(text: &str) -> String {
    let end = text.find(". ").map_or(text.len(), |end| end + 1);
    text[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the name of this operating system in Node.js, which npm and MCPB use.
pub(crate) fn node_system() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        system => system,
    }
}

/// Returns the name of this processor in Node.js.
pub(crate) fn node_processor() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        processor => processor,
    }
}

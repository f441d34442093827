//! The commands and options of `install`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Install {
    /// Adds the server to Claude Code
    ClaudeCode(HostOptions),
    /// Adds the server to Claude Desktop
    ClaudeDesktop(HostOptions),
    /// Adds the server to Cursor
    Cursor(HostOptions),
    /// Adds the server to VS Code
    Vscode(HostOptions),
    /// Adds the server to Gemini CLI
    Gemini(HostOptions),
    /// Adds the server to Codex
    Codex(HostOptions),
    /// Writes an MCPB bundle: the program with its manifest, which Claude Desktop opens
    Mcpb(Bundle),
    /// Writes server.json, the entry of the MCP registry
    ServerJson(Registry),
    /// Writes npm packages: a launcher, and the program for this platform
    Npm(Npm),
}

#[derive(Debug, Args)]
pub(crate) struct HostOptions {
    /// The name of the server in the host; by default the server's name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Sets an environment variable of the server
    #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// Writes the file of the project in this directory, instead of the user's
    #[arg(long, conflicts_with = "file")]
    pub(crate) project: bool,
    /// Writes this file, instead of the host's
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// Prints the changed file, and writes nothing
    #[arg(long)]
    pub(crate) print: bool,
    /// Removes the server from the host
    #[arg(long)]
    pub(crate) remove: bool,
    /// Arguments of the server
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
}

/// The facts that packages state about the server.
#[derive(Debug, Args)]
pub(crate) struct Facts {
    /// The purpose of the server, in one sentence; by default its title or its instructions
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// An environment variable whose value the user of the package sets
    #[arg(long, value_name = "VARIABLE", value_parser = variable_name)]
    pub(crate) ask: Vec<String>,
    /// Prints the description of the package, and writes nothing
    #[arg(long)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Bundle {
    /// The name of the author
    #[arg(long, value_name = "NAME")]
    pub(crate) author: String,
    /// Sets an environment variable of the server
    #[arg(long, value_name = "KEY=VALUE", value_parser = variable)]
    pub(crate) env: Vec<(String, String)>,
    /// The file to write; by default NAME.mcpb
    #[arg(long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) facts: Facts,
}

#[derive(Debug, Args)]
#[group(id = "places", required = true, multiple = true)]
pub(crate) struct Places {
    /// The npm package of the server
    #[arg(long, value_name = "PACKAGE")]
    pub(crate) npm: Option<String>,
    /// The URL at which the bundle of `--mcpb-file` can be downloaded
    #[arg(long, value_name = "URL", requires = "mcpb_file")]
    pub(crate) mcpb: Option<String>,
    /// The URL at which the server serves HTTP
    #[arg(long, value_name = "URL")]
    pub(crate) remote: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Registry {
    /// The name in the registry, such as io.github.user/server
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) places: Places,
    /// The bundle, whose SHA-256 digest is part of the entry
    #[arg(long, value_name = "PATH")]
    pub(crate) mcpb_file: Option<PathBuf>,
    /// The URL of the source code
    #[arg(long, value_name = "URL")]
    pub(crate) repository: Option<String>,
    /// The file to write
    #[arg(long, value_name = "PATH", default_value = "server.json")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) facts: Facts,
}

#[derive(Debug, Args)]
pub(crate) struct Npm {
    /// The name of the launcher package, such as @user/server
    #[arg(long, value_name = "NAME")]
    pub(crate) package: String,
    /// The platforms that have a package, such as linux-x64 or darwin-arm64; by default this one
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Vec<String>,
    /// The name in the MCP registry, which checks that the package states it
    #[arg(long, value_name = "NAME")]
    pub(crate) registry_name: Option<String>,
    /// The licence of the package
    #[arg(long, value_name = "SPDX", default_value = "UNLICENSED")]
    pub(crate) license: String,
    /// The directory in which a directory for each package is written
    #[arg(long, value_name = "PATH", default_value = "npm")]
    pub(crate) output: PathBuf,
    /// The purpose of the server, in one sentence; by default its title or its instructions
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
}

/// Parses `KEY=VALUE`.
fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| "it is not of the form KEY=VALUE".to_owned())?;
    Ok((variable_name(name)?, value.to_owned()))
}

fn variable_name(name: &str) -> Result<String, String> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(is_allowed) || name.as_bytes()[0].is_ascii_digit() {
        return Err(format!(
            "`{name}` is not the name of an environment variable"
        ));
    }
    Ok(name.to_owned())
}

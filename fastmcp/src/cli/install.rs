//! `install`: adds the server to a host of models, or writes a package of it.

pub(crate) mod bundle;
pub(crate) mod commands;
pub(crate) mod entry;
pub(crate) mod files;
pub(crate) mod host;
pub(crate) mod json_config;
pub(crate) mod npm;
pub(crate) mod package;
pub(crate) mod registry;
pub(crate) mod toml_config;

use crate::cli::failure::CommandResult;
use crate::cli::install::commands::Install;
use crate::cli::install::host::Host;
use crate::server::builder::FastMcp;

pub(crate) fn run(server: FastMcp, install: Install) -> CommandResult {
    match install {
        Install::ClaudeCode(options) => host::install(&server, Host::ClaudeCode, &options),
        Install::ClaudeDesktop(options) => host::install(&server, Host::ClaudeDesktop, &options),
        Install::Cursor(options) => host::install(&server, Host::Cursor, &options),
        Install::Vscode(options) => host::install(&server, Host::VsCode, &options),
        Install::Gemini(options) => host::install(&server, Host::Gemini, &options),
        Install::Codex(options) => host::install(&server, Host::Codex, &options),
        Install::Mcpb(options) => bundle::write(server, &options),
        Install::ServerJson(options) => registry::write(server, &options),
        Install::Npm(options) => npm::write(server, &options),
    }
}

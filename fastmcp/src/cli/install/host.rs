//! [`Host`]: the hosts of models, with the places and forms of their configuration.

use std::env;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::install::commands::HostOptions;
use crate::cli::install::entry::{Edited, Entry};
use crate::cli::install::files;
use crate::cli::install::{json_config, toml_config};
use crate::cli::safe_text;
use crate::cli::terminal::{note, print};
use crate::server::builder::FastMcp;

/// A host of models that starts servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Host {
    ClaudeCode,
    ClaudeDesktop,
    Cursor,
    VsCode,
    Gemini,
    Codex,
}

impl Host {
    const fn name(self) -> &'static str {
        match self {
            Self::ClaudeCode => "Claude Code",
            Self::ClaudeDesktop => "Claude Desktop",
            Self::Cursor => "Cursor",
            Self::VsCode => "VS Code",
            Self::Gemini => "Gemini CLI",
            Self::Codex => "Codex",
        }
    }

    /// Returns the key of the servers in the file.
    const fn key(self) -> &'static str {
        match self {
            Self::VsCode => "servers",
            Self::Codex => "mcp_servers",
            _ => "mcpServers",
        }
    }

    /// Returns whether the host accepts comments and trailing commas in its JSON.
    const fn accepts_comments(self) -> bool {
        matches!(self, Self::VsCode | Self::Cursor | Self::Gemini)
    }

    /// Returns the file of a project, relative to its directory.
    const fn project_file(self) -> Option<&'static str> {
        match self {
            Self::ClaudeCode => Some(".mcp.json"),
            Self::ClaudeDesktop => None,
            Self::Cursor => Some(".cursor/mcp.json"),
            Self::VsCode => Some(".vscode/mcp.json"),
            Self::Gemini => Some(".gemini/settings.json"),
            Self::Codex => Some(".codex/config.toml"),
        }
    }

    /// Returns the file of the user.
    fn user_file(self) -> CommandResult<PathBuf> {
        Ok(match self {
            Self::ClaudeCode => home()?.join(".claude.json"),
            Self::ClaudeDesktop => application_data()?.join("Claude/claude_desktop_config.json"),
            Self::Cursor => home()?.join(".cursor/mcp.json"),
            Self::VsCode => application_data()?.join("Code/User/mcp.json"),
            Self::Gemini => home()?.join(".gemini/settings.json"),
            Self::Codex => match directory("CODEX_HOME") {
                Some(codex) => codex.join("config.toml"),
                None => home()?.join(".codex/config.toml"),
            },
        })
    }

    /// Returns the entry of a server. Claude Code and VS Code name the transport.
    fn entry(self, options: &HostOptions, program: &str) -> Map<String, Value> {
        let mut entry = Map::new();
        if matches!(self, Self::ClaudeCode | Self::VsCode) {
            entry.insert("type".into(), "stdio".into());
        }
        entry.insert("command".into(), program.into());
        entry.insert("args".into(), json!(options.arguments));
        if !options.env.is_empty() {
            let variables = options.env.iter().cloned();
            let variables = variables.map(|(name, value)| (name, Value::from(value)));
            let variables: Map<String, Value> = variables.collect();
            entry.insert("env".into(), variables.into());
        }
        entry
    }

    fn edit(self, text: &str, entry: &Entry<'_>) -> Result<Edited, String> {
        match self {
            Self::Codex => toml_config::edit(text, self.key(), entry),
            _ => json_config::edit(text, self.key(), entry, self.accepts_comments()),
        }
    }
}

fn directory(variable: &str) -> Option<PathBuf> {
    env::var_os(variable)
        .filter(|it| !it.is_empty())
        .map(PathBuf::from)
}

fn home() -> CommandResult<PathBuf> {
    env::home_dir()
        .filter(|home| !home.as_os_str().is_empty())
        .ok_or_else(|| {
            Failure::unavailable("there is no home directory; name the file with `--file`")
        })
}

/// Returns the directory of the settings of desktop programs.
fn application_data() -> CommandResult<PathBuf> {
    if cfg!(target_os = "macos") {
        return Ok(home()?.join("Library/Application Support"));
    }
    if cfg!(windows) {
        let missing = || Failure::unavailable("APPDATA is not set; name the file with `--file`");
        return directory("APPDATA").ok_or_else(missing);
    }
    match directory("XDG_CONFIG_HOME") {
        Some(config) => Ok(config),
        None => Ok(home()?.join(".config")),
    }
}

/// Returns the name of an entry. Hosts accept only these characters, and build the names of tools from it.
fn entry_name(server: &FastMcp, options: &HostOptions) -> CommandResult<String> {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    match &options.name {
        Some(name) if !name.is_empty() && name.chars().all(is_allowed) => Ok(name.clone()),
        Some(name) => Err(Failure::usage(format!(
            "`--name {name}`: use only ASCII letters, digits, `_` and `-`"
        ))),
        None => {
            let name = server.0.identity.name.chars();
            let replaced = name.map(|it| if is_allowed(it) { it } else { '-' });
            let name: String = replaced.collect();
            match name.trim_matches('-') {
                "" => Err(Failure::usage(
                    "the server's name has no ASCII letter or digit; name it with `--name`",
                )),
                name => Ok(name.to_owned()),
            }
        }
    }
}

/// Returns the path of this program.
pub(crate) fn program() -> CommandResult<PathBuf> {
    env::current_exe()
        .map_err(|error| Failure::unavailable(format!("cannot find this program: {error}")))
}

/// Adds the server to the configuration of a host, or removes it.
pub(crate) fn install(server: &FastMcp, host: Host, options: &HostOptions) -> CommandResult {
    let name = entry_name(server, options)?;
    let path = match (&options.file, options.project, host.project_file()) {
        (Some(file), _, _) => file.clone(),
        (None, false, _) => host.user_file()?,
        (None, true, Some(file)) => PathBuf::from(file),
        (None, true, None) => {
            let host = host.name();
            return Err(Failure::usage(format!("{host} has no files of projects")));
        }
    };
    let program = program()?;
    let program = program.to_str().ok_or_else(|| {
        let path = program.display();
        Failure::unavailable(format!("the path of this program is not UTF-8: {path}"))
    })?;
    let entry = Entry {
        name: &name,
        value: (!options.remove).then(|| host.entry(options, program)),
    };
    let text = files::read(&path)?;
    let edited = host.edit(&text, &entry).map_err(|problem| {
        Failure::unavailable(format!(
            "{}: {problem}; the file is not changed",
            path.display()
        ))
    })?;
    if options.print {
        return print(&edited.text);
    }
    let shown_path = safe_text::line(&path.display().to_string());
    if edited.text == text {
        return print(&if options.remove {
            format!("{} has no server `{name}` ({shown_path})\n", host.name())
        } else {
            format!(
                "{} has this server `{name}` already ({shown_path})\n",
                host.name()
            )
        });
    }
    let backup = files::replace(&path, &edited.text)?;
    let what = match (options.remove, edited.had_entry) {
        (true, _) => "removed",
        (false, true) => "replaced",
        (false, false) => "added",
    };
    print(&format!("{what} `{name}` in {shown_path}\n"))?;
    if let Some(backup) = backup {
        let backup = safe_text::line(&backup.display().to_string());
        note(&format!("the previous file is {backup}"));
    }
    let is_debug_build = !options.remove && cfg!(debug_assertions);
    let release = if is_debug_build {
        "; this is a debug build, and `cargo build --release` makes the one to install"
    } else {
        ""
    };
    note(&format!(
        "restart {} to see the change{release}",
        host.name()
    ));
    Ok(())
}

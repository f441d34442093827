//! `install server-json`: the entry of the MCP registry (`server.json`, schema of 2025-12-11).

use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::install::commands::Registry;
use crate::cli::install::files;
use crate::cli::install::package::Package;
use crate::cli::safe_text;
use crate::cli::table::cut;
use crate::cli::terminal::print;
use crate::server::builder::FastMcp;

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/// The maximum length of a description and of a title.
const MAX_TEXT: usize = 100;

pub(crate) fn write(server: FastMcp, options: &Registry) -> CommandResult {
    check_name(&options.name)?;
    let package = Package::of(server, options.facts.description.as_deref())?;
    if options.facts.description.is_some() && package.description.chars().count() > MAX_TEXT {
        return Err(Failure::usage(format!(
            "`--description` has {} characters, and the registry accepts {MAX_TEXT}",
            package.description.chars().count()
        )));
    }
    let entry = safe_text::json(&entry(&package, options)?) + "\n";
    if options.facts.print {
        return print(&entry);
    }
    files::write(&options.output, entry.as_bytes())?;
    let output = safe_text::line(&options.output.display().to_string());
    print(&format!("{output}: `mcp-publisher publish` submits it\n"))
}

/// Checks the form of a name: a reversed domain, a slash, and a name.
fn check_name(name: &str) -> CommandResult {
    let is_allowed = |text: &str, marks: &str| {
        let is_allowed = |it: char| it.is_ascii_alphanumeric() || marks.contains(it);
        !text.is_empty() && text.chars().all(is_allowed)
    };
    match name.split_once('/') {
        Some((space, name)) if is_allowed(space, ".-") && is_allowed(name, "._-") => Ok(()),
        _ => Err(Failure::usage(format!(
            "`--name {name}` is not a name of the registry; write one such as io.github.user/server"
        ))),
    }
}

fn entry(package: &Package, options: &Registry) -> CommandResult<Value> {
    let server = &package.server;
    let mut entry = json!({
        "$schema": SCHEMA,
        "name": options.name,
        "description": cut(&package.description, MAX_TEXT),
        "version": server.version,
    });
    if let Some(title) = &server.title {
        entry["title"] = cut(title, MAX_TEXT).into();
    }
    if let Some(url) = &options.repository {
        entry["repository"] = json!({ "url": url, "source": source_of(url) });
    }
    let variables = options.facts.ask.iter();
    let variables = variables.map(|name| {
        json!({
            "name": name,
            "description": format!("The environment variable {name}"),
            "isRequired": true,
            "isSecret": true,
        })
    });
    let variables: Vec<Value> = variables.collect();
    let mut packages = Vec::new();
    if let Some(name) = &options.places.npm {
        packages.push(json!({
            "registryType": "npm",
            "identifier": name,
            "version": server.version,
            "transport": { "type": "stdio" },
        }));
    }
    if let (Some(url), Some(file)) = (&options.places.mcpb, &options.mcpb_file) {
        let digest = Sha256::digest(files::read_bytes(file)?);
        let digest = digest.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        packages.push(json!({
            "registryType": "mcpb",
            "identifier": url,
            "version": server.version,
            "fileSha256": digest,
            "transport": { "type": "stdio" },
        }));
    }
    if !packages.is_empty() {
        if !variables.is_empty() {
            for package in &mut packages {
                package["environmentVariables"] = json!(variables);
            }
        }
        entry["packages"] = packages.into();
    }
    if let Some(url) = &options.places.remote {
        entry["remotes"] = json!([{ "type": "streamable-http", "url": url }]);
    }
    Ok(entry)
}

/// Returns the name of the service that hosts a repository.
fn source_of(url: &str) -> &'static str {
    if url.contains("//gitlab.com/") {
        "gitlab"
    } else {
        "github"
    }
}

//! `install mcpb`: a bundle of the program and its manifest (MCPB, manifest version 0.3).

use std::io::{Cursor, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::cli::catalog::{Catalog, Kind};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::install::commands::Bundle;
use crate::cli::install::files;
use crate::cli::install::package::{Package, node_system};
use crate::cli::safe_text;
use crate::cli::terminal::print;
use crate::server::builder::FastMcp;

pub(crate) fn write(server: FastMcp, options: &Bundle) -> CommandResult {
    let package = Package::of(server, options.facts.description.as_deref())?;
    let slug = package.slug();
    let entry_point = format!("server/{}", package.file_name()?);
    let program = package.program.clone();
    let manifest = safe_text::json(&manifest(package, options, &entry_point)) + "\n";
    if options.facts.print {
        return print(&manifest);
    }
    let program = files::read_bytes(&program)?;
    let bundle = zip(&manifest, &entry_point, &program)
        .map_err(|error| Failure::unavailable(format!("cannot make the bundle: {error}")))?;
    let output = options.output.clone();
    let output = output.unwrap_or_else(|| PathBuf::from(format!("{slug}.mcpb")));
    files::write(&output, &bundle)?;
    let size = bundle.len();
    print(&format!(
        "{}: {size} bytes\n",
        safe_text::line(&output.display().to_string())
    ))
}

/// Returns the manifest. Unknown keys are errors of hosts.
fn manifest(package: Package, options: &Bundle, entry_point: &str) -> Value {
    let slug = package.slug();
    let description = package.description;
    let catalog = Catalog::of_own(package.server);
    let mut variables = Map::new();
    for (name, value) in &options.env {
        variables.insert(name.clone(), value.as_str().into());
    }
    let mut questions = Map::new();
    for name in &options.facts.ask {
        let key = name.to_ascii_lowercase();
        variables.insert(name.clone(), format!("${{user_config.{key}}}").into());
        questions.insert(
            key,
            json!({
                "type": "string",
                "title": name,
                "description": format!("The environment variable {name}"),
                "required": true,
                // The host keeps it in the key chain of the system.
                "sensitive": true,
            }),
        );
    }
    let tools = catalog.of_kind(Kind::Tool);
    let tools = tools.map(|tool| match tool.description() {
        "" => json!({ "name": tool.key() }),
        text => json!({ "name": tool.key(), "description": text }),
    });
    let mut manifest = json!({
        "manifest_version": "0.3",
        "name": slug,
        "version": catalog.server["version"],
        "description": description,
        "author": { "name": options.author },
        "server": {
            "type": "binary",
            "entry_point": entry_point,
            "mcp_config": {
                "command": format!("${{__dirname}}/{entry_point}"),
                "args": [],
                "env": variables,
            },
        },
        "tools": tools.collect::<Vec<_>>(),
        "compatibility": { "platforms": [node_system()] },
    });
    if let Some(title) = catalog.server.get("title") {
        manifest["display_name"] = title.clone();
    }
    // A prompt in a manifest needs its text, which only a call returns.
    if catalog.of_kind(Kind::Prompt).next().is_some() {
        manifest["prompts_generated"] = true.into();
    }
    if !catalog.proxies.is_empty() {
        manifest["tools_generated"] = true.into();
    }
    if !questions.is_empty() {
        manifest["user_config"] = questions.into();
    }
    manifest
}

fn zip(manifest: &str, entry_point: &str, program: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("manifest.json", options.unix_permissions(0o644))?;
    zip.write_all(manifest.as_bytes())?;
    zip.start_file(entry_point, options.unix_permissions(0o755))?;
    zip.write_all(program)?;
    Ok(zip.finish()?.into_inner())
}

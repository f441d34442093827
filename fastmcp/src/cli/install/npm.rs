//! `install npm`: a launcher package, and a package with the program for each platform.
//!
//! npm installs only the platform package whose `os` and `cpu` fit, because they are optional dependencies of the launcher.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::install::commands::Npm;
use crate::cli::install::files;
use crate::cli::install::package::{Package, node_processor, node_system};
use crate::cli::safe_text;
use crate::cli::terminal::print;
use crate::server::builder::FastMcp;

/// The program that npm starts. It finds the program of the platform, and passes the arguments, the standard streams,
/// the signals and the exit code on.
const LAUNCHER: &str = r#"#!/usr/bin/env node
"use strict";
const { spawn } = require("node:child_process");
const { join, dirname } = require("node:path");

const PACKAGE = "@PACKAGE@";
const PROGRAMS = @PROGRAMS@;

const platform = `${process.platform}-${process.arch}`;
const program = PROGRAMS[platform];
if (!program) {
  console.error(`${PACKAGE} has no program for ${platform}; it has ${Object.keys(PROGRAMS).join(", ")}`);
  process.exit(1);
}
const name = `${PACKAGE}-${platform}`;
let directory;
try {
  directory = dirname(require.resolve(`${name}/package.json`));
} catch {
  console.error(`the package ${name} is missing; install ${PACKAGE} without --omit=optional`);
  process.exit(1);
}
const child = spawn(join(directory, "bin", program), process.argv.slice(2), { stdio: "inherit" });
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`cannot start ${program}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal) {
    for (const handled of signals) {
      process.removeAllListeners(handled);
    }
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});
"#;

pub(crate) fn write(server: FastMcp, options: &Npm) -> CommandResult {
    check_name(&options.package)?;
    let here = format!("{}-{}", node_system(), node_processor());
    let mut platforms = options.platform.clone();
    if platforms.is_empty() {
        platforms.push(here.clone());
    }
    for platform in &platforms {
        split(platform)?;
    }
    let package = Package::of(server, options.description.as_deref())?;
    let mut written = vec![launcher(&package, options, &platforms)?];
    if platforms.contains(&here) {
        written.push(program(&package, options, &here)?);
    }
    for directory in written {
        print(&format!("{}\n", safe_text::line(&directory)))?;
    }
    Ok(())
}

fn split(platform: &str) -> CommandResult<(&str, &str)> {
    platform
        .split_once('-')
        .filter(|(system, _)| ["linux", "darwin", "win32", "freebsd"].contains(system))
        .ok_or_else(|| {
            Failure::usage(format!(
                "`--platform {platform}` is not a platform of Node.js, such as linux-x64, darwin-arm64 or win32-x64"
            ))
        })
}

/// Checks a name: lower case, with an optional scope. The launcher contains it as text.
fn check_name(name: &str) -> CommandResult {
    let is_part = |part: &str| {
        let is_allowed =
            |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "._-".contains(it);
        part.starts_with(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit())
            && part.chars().all(is_allowed)
    };
    let is_valid = match name.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(a, b)| is_part(a) && is_part(b)),
        None => is_part(name),
    };
    if is_valid && name.len() <= 180 {
        Ok(())
    } else {
        Err(Failure::usage(format!(
            "`--package {name}` is not the name of an npm package; use lower case, as in @user/server"
        )))
    }
}

/// Returns the name of the program on a platform.
fn program_name(package: &Package, platform: &str) -> CommandResult<String> {
    let name = package.file_name()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    Ok(if platform.starts_with("win32-") {
        format!("{name}.exe")
    } else {
        name.to_owned()
    })
}

fn manifest(package: &Package, options: &Npm, name: &str) -> Value {
    json!({
        "name": name,
        "version": package.server.version,
        "description": package.description,
        "license": options.license,
    })
}

fn launcher(package: &Package, options: &Npm, platforms: &[String]) -> CommandResult<String> {
    let name = &options.package;
    let mut programs = Map::new();
    let mut dependencies = Map::new();
    for platform in platforms {
        programs.insert(platform.clone(), program_name(package, platform)?.into());
        let dependency = format!("{name}-{platform}");
        dependencies.insert(dependency, package.server.version.as_str().into());
    }
    let mut manifest = manifest(package, options, name);
    let command = name.rsplit('/').next().unwrap_or(name);
    let mut commands = Map::new();
    commands.insert(command.to_owned(), "bin/launcher.js".into());
    manifest["bin"] = commands.into();
    manifest["files"] = json!(["bin"]);
    manifest["engines"] = json!({ "node": ">=18" });
    manifest["optionalDependencies"] = dependencies.into();
    if let Some(registry_name) = &options.registry_name {
        manifest["mcpName"] = registry_name.as_str().into();
    }
    let directory = options.output.join(name);
    write_manifest(&directory, &manifest)?;
    let text = LAUNCHER
        .replace("@PACKAGE@", name)
        .replace("@PROGRAMS@", &safe_text::json_line(&programs));
    let path = directory.join("bin/launcher.js");
    files::write(&path, text.as_bytes())?;
    files::make_executable(&path)?;
    Ok(directory.display().to_string())
}

fn program(package: &Package, options: &Npm, platform: &str) -> CommandResult<String> {
    let name = format!("{}-{platform}", options.package);
    let (system, processor) = split(platform)?;
    let mut manifest = manifest(package, options, &name);
    manifest["os"] = json!([system]);
    manifest["cpu"] = json!([processor]);
    manifest["files"] = json!(["bin"]);
    let directory = options.output.join(&name);
    write_manifest(&directory, &manifest)?;
    let path = directory.join("bin").join(program_name(package, platform)?);
    files::write(&path, &files::read_bytes(&package.program)?)?;
    files::make_executable(&path)?;
    Ok(directory.display().to_string())
}

fn write_manifest(directory: &Path, manifest: &Value) -> CommandResult {
    let text = safe_text::json(manifest) + "\n";
    files::write(&directory.join("package.json"), text.as_bytes())
}

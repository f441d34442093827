//! Runs the build, and reads the messages of cargo.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use crate::dev::diagnostic::{Diagnostic, without_ansi};
use crate::dev::project::Project;
use crate::dev::record::{BuildStatus, LastBuild, Record};

/// The number of errors and warnings that are kept.
const MAX_DIAGNOSTICS: usize = 500;

/// The bytes of cargo's own output that are kept.
const MAX_OUTPUT: usize = 64 * 1024;

/// The end of a build.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub(super) succeeded: bool,
    /// The program that the build has written; `None` if it has not changed.
    pub(super) written: Option<PathBuf>,
}

/// Builds the program. Errors and warnings go to standard error and to the record.
pub(super) async fn build(project: &Project, record: &Record) -> Built {
    let started = Instant::now();
    let mut last = LastBuild {
        status: BuildStatus::Running,
        ..record.build()
    };
    record.set_build(last.clone());
    last.diagnostics.clear();
    let modified = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
    let before = modified(&project.executable);
    let mut built = match run(project, record, &mut last).await {
        Ok(built) => built,
        Err(error) => {
            let program = project
                .build
                .first()
                .map(|it| it.to_string_lossy().into_owned());
            let problem = format!(
                "error: cannot run `{}`: {error}",
                program.unwrap_or_default()
            );
            record.note(&problem);
            last.diagnostics.push(Diagnostic::of_cargo(&problem));
            Built::default()
        }
    };
    // A command that is not cargo does not say what it has written.
    let is_written = built.written.is_some() || modified(&project.executable) != before;
    built.written = (built.succeeded && is_written)
        .then(|| built.written.unwrap_or_else(|| project.executable.clone()));
    last.seconds = started.elapsed().as_secs_f64();
    last.status = if built.succeeded {
        BuildStatus::Succeeded
    } else {
        BuildStatus::Failed
    };
    record.set_build(last);
    built
}

async fn run(project: &Project, record: &Record, last: &mut LastBuild) -> std::io::Result<Built> {
    let (program, arguments) = project
        .build
        .split_first()
        .ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(&project.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(std::io::ErrorKind::BrokenPipe.into());
    };
    let (built, output) = tokio::join!(messages(stdout, project, record, last), rest(stderr));
    let succeeded = child.wait().await?.success();
    if !succeeded && !last.diagnostics.iter().any(Diagnostic::is_error) {
        record.note(&output);
        last.diagnostics
            .push(Diagnostic::of_cargo(&without_ansi(&output)));
    }
    Ok(Built { succeeded, ..built })
}

/// Reads the lines of JSON that cargo writes.
async fn messages(
    output: impl AsyncRead + Unpin,
    project: &Project,
    record: &Record,
    last: &mut LastBuild,
) -> Built {
    let is_terminal = std::io::stderr().is_terminal();
    let mut built = Built::default();
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            record.note(&line);
            continue;
        };
        match message["reason"].as_str() {
            Some("compiler-message") => {
                let Some(diagnostic) = Diagnostic::new(&message["message"]) else {
                    continue;
                };
                let coloured = message["message"]["rendered"]
                    .as_str()
                    .filter(|_| is_terminal);
                record.note(coloured.unwrap_or(&diagnostic.rendered).trim_end());
                if last.diagnostics.len() < MAX_DIAGNOSTICS {
                    last.diagnostics.push(diagnostic);
                }
            }
            Some("compiler-artifact")
                if message["target"]["name"] == *project.name && message["fresh"] == false =>
            {
                let written = message["executable"].as_str().map(PathBuf::from);
                built.written = written.or(built.written);
            }
            _ => {}
        }
    }
    built
}

/// Reads the progress of cargo, which matters only if the build fails without a message.
async fn rest(output: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if text.len() < MAX_OUTPUT {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

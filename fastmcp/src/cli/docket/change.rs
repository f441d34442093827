//! `docket cancel`, `replay`, `retry`, `purge`, `pause`, `resume`, `strike` and `restore`.

use serde_json::{Value, json};

use crate::cli::docket::commands::{ChangeOptions, Keys, Tasks};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::terminal::{note, print};
use crate::docket::handle::Docket;
use crate::docket::model::filter::Changed;
use crate::docket::model::state::Cancelled;

pub(crate) async fn cancel(docket: &Docket, keys: &Keys) -> CommandResult {
    let mut is_missing = false;
    let mut answers = Vec::new();
    for key in &keys.keys {
        let name = safe_text::line(key);
        let (outcome, line) = match docket.cancel(key.as_str()).await? {
            Cancelled::Removed => ("cancelled", format!("{name}: cancelled\n")),
            Cancelled::Signalled => ("signalled", format!("{name}: running, and told to stop\n")),
            Cancelled::Unknown => {
                note(&format!("{name}: no such key, or its execution has ended"));
                is_missing = true;
                ("unknown", String::new())
            }
        };
        answers.push(json!({ "key": key, "outcome": outcome }));
        if !keys.json {
            print(&line)?;
        }
    }
    if keys.json {
        print_json(&json!(answers))?;
    }
    if is_missing {
        Err(Failure::shown())
    } else {
        Ok(())
    }
}

pub(crate) async fn replay(docket: &Docket, keys: &Keys) -> CommandResult {
    let mut answers = Vec::new();
    for key in &keys.keys {
        let execution = match docket.replay(key.as_str()).await {
            Ok(execution) => execution,
            Err(error) => {
                // Scripts need the keys that were replayed before the error.
                if keys.json {
                    print_json(&json!(answers))?;
                }
                return Err(error.into());
            }
        };
        let is_in_use = execution.already_scheduled();
        answers.push(json!({
            "key": execution.key(),
            "task": execution.task(),
            "outcome": if is_in_use { "in_use" } else { "submitted" },
        }));
        let key = safe_text::line(execution.key());
        let task = safe_text::line(execution.task());
        if keys.json {
            continue;
        }
        print(&if is_in_use {
            format!("{key}: not replayed, because the key is in use by `{task}`\n")
        } else {
            format!("{key}: `{task}` is submitted again\n")
        })?;
    }
    if keys.json {
        print_json(&json!(answers))?;
    }
    Ok(())
}

fn print_json(json: &Value) -> CommandResult {
    print(&(safe_text::json(json) + "\n"))
}

/// Refuses a change of everything that was not asked for.
fn check(options: &ChangeOptions) -> CommandResult {
    if options.selection.is_empty() && !options.all {
        Err(Failure::usage(
            "there is no condition; add one such as `--task NAME`, or `--all` for all executions",
        ))
    } else {
        Ok(())
    }
}

pub(crate) async fn retry(docket: &Docket, options: &ChangeOptions) -> CommandResult {
    check(options)?;
    let changed = docket.retry(&options.selection.filter()).await?;
    show(changed, options.json, "submitted again")
}

pub(crate) async fn purge(docket: &Docket, options: &ChangeOptions) -> CommandResult {
    check(options)?;
    let changed = docket.purge(&options.selection.filter()).await?;
    show(changed, options.json, "deleted")
}

fn show(changed: Changed, as_json: bool, what: &str) -> CommandResult {
    let Changed { changed, skipped } = changed;
    if as_json {
        let json = json!({ "changed": changed, "skipped": skipped });
        return print_json(&json);
    }
    print(&match skipped {
        0 => format!("{changed} {what}\n"),
        skipped => format!("{changed} {what}, {skipped} skipped\n"),
    })
}

pub(crate) async fn pause(docket: &Docket, as_json: bool) -> CommandResult {
    docket.pause().await?;
    if as_json {
        return print_json(&json!({ "paused": true }));
    }
    print("paused: no further executions start until `docket resume`\n")
}

pub(crate) async fn resume(docket: &Docket, as_json: bool) -> CommandResult {
    docket.resume().await?;
    if as_json {
        return print_json(&json!({ "paused": false }));
    }
    print("resumed\n")
}

pub(crate) async fn strike(docket: &Docket, tasks: &Tasks) -> CommandResult {
    for task in &tasks.tasks {
        docket.strike(task.as_str()).await?;
    }
    show_tasks(tasks, true, "held back until `docket restore`")
}

pub(crate) async fn restore(docket: &Docket, tasks: &Tasks) -> CommandResult {
    for task in &tasks.tasks {
        docket.restore(task.as_str()).await?;
    }
    show_tasks(tasks, false, "released")
}

fn show_tasks(tasks: &Tasks, is_struck: bool, what: &str) -> CommandResult {
    if tasks.json {
        let answers = tasks.tasks.iter();
        let answers = answers.map(|task| json!({ "task": task, "struck": is_struck }));
        return print_json(&answers.collect());
    }
    for task in &tasks.tasks {
        print(&format!("{}: {what}\n", safe_text::line(task)))?;
    }
    Ok(())
}

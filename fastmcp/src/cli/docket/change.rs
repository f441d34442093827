//! `docket cancel`, `replay`, `retry`, `purge`, `pause`, `resume`, `strike` and `restore`.

use serde_json::json;

use crate::cli::docket::commands::{ChangeOptions, Keys, Tasks};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::terminal::{note, print};
use crate::docket::handle::Docket;
use crate::docket::model::filter::Changed;
use crate::docket::model::state::Cancelled;

pub(crate) async fn cancel(docket: &Docket, keys: &Keys) -> CommandResult {
    let mut is_missing = false;
    for key in &keys.keys {
        let name = safe_text::line(key);
        match docket.cancel(key.as_str()).await? {
            Cancelled::Removed => print(&format!("{name}: cancelled\n"))?,
            Cancelled::Signalled => print(&format!("{name}: running, and told to stop\n"))?,
            Cancelled::Unknown => {
                note(&format!("{name}: no such key, or its execution has ended"));
                is_missing = true;
            }
        }
    }
    if is_missing {
        Err(Failure::shown())
    } else {
        Ok(())
    }
}

pub(crate) async fn replay(docket: &Docket, keys: &Keys) -> CommandResult {
    for key in &keys.keys {
        let execution = docket.replay(key.as_str()).await?;
        let key = safe_text::line(execution.key());
        let task = safe_text::line(execution.task());
        print(&if execution.already_scheduled() {
            format!("{key}: not replayed, because the key is in use by `{task}`\n")
        } else {
            format!("{key}: `{task}` is submitted again\n")
        })?;
    }
    Ok(())
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
        return print(&(safe_text::json(&json) + "\n"));
    }
    print(&match skipped {
        0 => format!("{changed} {what}\n"),
        skipped => format!("{changed} {what}, {skipped} skipped\n"),
    })
}

pub(crate) async fn pause(docket: &Docket) -> CommandResult {
    docket.pause().await?;
    print("paused: no further executions start until `docket resume`\n")
}

pub(crate) async fn resume(docket: &Docket) -> CommandResult {
    docket.resume().await?;
    print("resumed\n")
}

pub(crate) async fn strike(docket: &Docket, tasks: &Tasks) -> CommandResult {
    for task in &tasks.tasks {
        docket.strike(task.as_str()).await?;
        let task = safe_text::line(task);
        print(&format!("{task}: held back until `docket restore`\n"))?;
    }
    Ok(())
}

pub(crate) async fn restore(docket: &Docket, tasks: &Tasks) -> CommandResult {
    for task in &tasks.tasks {
        docket.restore(task.as_str()).await?;
        print(&format!("{}: released\n", safe_text::line(task)))?;
    }
    Ok(())
}

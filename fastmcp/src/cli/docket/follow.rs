//! `docket watch` and `result`: follow an execution until it has ended.

use std::fmt::Write;

use serde_json::json;

use crate::cli::bar::Bar;
use crate::cli::docket::commands::{KeyOptions, ResultOptions};
use crate::cli::docket::records::{record_json, remark, style, value};
use crate::cli::docket::show::execution;
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::terminal::{Screen, print};
use crate::docket::events::Event;
use crate::docket::handle::Docket;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;

pub(crate) async fn watch(docket: &Docket, options: &KeyOptions) -> CommandResult {
    let execution = execution(docket, &options.key).await?;
    let bar = Bar::new();
    // Subscribed before the record is read, so that no change is missed.
    let mut events = match execution.subscribe().await {
        Ok(events) => Some(events),
        Err(error) if execution.record().await.is_err() => return Err(error.into()),
        Err(_) => None,
    };
    let mut record = execution.record().await?;
    show(&record, options.json)?;
    while !record.state.is_terminal() {
        let event = match &mut events {
            Some(events) => events.next().await,
            None => None,
        };
        match event {
            Some(Event::Progress(progress)) => {
                if options.json {
                    print(&(safe_text::json_line(&json!({ "progress": progress })) + "\n"))?;
                }
                record.progress = progress;
            }
            Some(Event::State(changed)) => {
                let is_new = changed.state != record.state || changed.attempt != record.attempt;
                record = (*changed).clone();
                if is_new {
                    bar.hide();
                    show(&record, options.json)?;
                    bar.resume();
                }
            }
            None => {
                let last = execution.ended().await?;
                if !record.state.is_terminal() {
                    bar.hide();
                    show(&last, options.json)?;
                }
                record = last;
            }
        }
        draw(&bar, &record);
    }
    bar.hide();
    match record.state {
        ExecutionState::Completed => Ok(()),
        _ => Err(Failure::shown()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "for display only")]
fn draw(bar: &Bar, record: &Record) {
    let progress = &record.progress;
    let total = progress.total.map(|total| total as f64);
    let label = record.state.to_string();
    bar.show(
        &label,
        progress.done as f64,
        total,
        progress.message.as_deref(),
    );
}

fn show(record: &Record, as_json: bool) -> CommandResult {
    if as_json {
        return print(&(safe_text::json_line(&record_json(record)) + "\n"));
    }
    let screen = Screen::stdout();
    let mut line = format!(
        "{} {}",
        screen.paint(style(record.state), &record.state.to_string()),
        safe_text::line(&record.task)
    );
    let worker = match (&record.worker, record.state) {
        (Some(worker), ExecutionState::Running) => {
            format!("attempt {} on {worker}", record.attempt)
        }
        _ => String::new(),
    };
    let remark = remark(record);
    for part in [
        worker,
        if record.state.is_terminal() {
            remark
        } else {
            String::new()
        },
    ] {
        if !part.is_empty() {
            let _ = write!(line, ": {}", safe_text::line(&part));
        }
    }
    print(&(line + "\n"))
}

pub(crate) async fn result(docket: &Docket, options: &ResultOptions) -> CommandResult {
    let execution = execution(docket, &options.key).await?;
    let record = if options.wait {
        execution.ended().await?
    } else {
        execution.record().await?
    };
    match record.state {
        ExecutionState::Completed => {
            let result = record.result.as_ref().map(value).unwrap_or_default();
            print(&(safe_text::json(&result) + "\n"))
        }
        state if state.is_terminal() => {
            Err(Failure::negative(format!("{state}: {}", remark(&record))))
        }
        state => Err(Failure::negative(format!(
            "the execution is {state}; `--wait` waits until it has ended"
        ))),
    }
}

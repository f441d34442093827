//! `docket stats`, `list`, `dead`, `get` and `workers`.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cli::docket::commands::{KeyOptions, ListOptions};
use crate::cli::docket::records::{iso, record_json, remark, short, style};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::table::{Cell, Table};
use crate::cli::terminal::{Screen, Style, print};
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::filter::{Cursor, Filter, Page};
use crate::docket::model::key::Name;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::{Counts, Stats};

const STATES: [ExecutionState; 7] = ExecutionState::ALL;

fn print_json(json: &Value) -> CommandResult {
    print(&(safe_text::json(json) + "\n"))
}

/// Finds the latest execution of a key.
pub(crate) async fn execution(docket: &Docket, key: &str) -> CommandResult<Execution> {
    docket.get(key).await?.ok_or_else(|| {
        Failure::negative(format!(
            "docket `{}` has no execution with the key `{key}`: it never had one, or its record has expired",
            docket.name()
        ))
    })
}

pub(crate) async fn stats(docket: &Docket, as_json: bool) -> CommandResult {
    let stats = docket.stats().await?;
    let struck = docket.snapshot().await?.struck;
    let struck: Vec<&str> = struck.iter().map(Name::as_str).collect();
    if as_json {
        return print_json(&stats_json(docket, &stats, &struck));
    }
    print(&stats_text(docket, &stats, &struck, &Screen::stdout()))
}

fn counts_json(counts: &Counts) -> Value {
    let counts = STATES.map(|state| (state.to_string(), Value::from(counts.of(state))));
    Value::Object(counts.into_iter().collect())
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

fn stats_json(docket: &Docket, stats: &Stats, struck: &[&str]) -> Value {
    let tasks = stats.tasks.iter().map(|task| {
        json!({
            "task": task.task.as_str(),
            "counts": counts_json(&task.counts),
            "lagSeconds": task.lag.map(seconds),
            "started": task.started,
            "latenessSeconds": seconds(task.lateness),
            "totalLatenessSeconds": seconds(task.total_lateness),
        })
    });
    json!({
        "docket": docket.name(),
        "shared": docket.is_shared(),
        "counts": counts_json(&stats.counts),
        "deadLetters": stats.dead_letters,
        "pendingBytes": stats.pending_bytes,
        "resultBytes": stats.result_bytes,
        "deadLetterBytes": stats.dead_letter_bytes,
        "lagSeconds": seconds(stats.lag),
        "workers": stats.workers,
        "slots": stats.slots,
        "paused": stats.paused,
        "struck": struck,
        "now": iso(stats.now),
        "tasks": tasks.collect::<Vec<_>>(),
    })
}

fn stats_text(docket: &Docket, stats: &Stats, struck: &[&str], screen: &Screen) -> String {
    let place = if docket.is_shared() {
        "shared"
    } else {
        "in memory"
    };
    let name = safe_text::line(docket.name());
    let mut text = format!(
        "{} {}\n\n",
        screen.paint(Style::Heading, &format!("docket {name}")),
        screen.paint(Style::Faint, &format!("({place})")),
    );
    let mut facts = Table::default();
    let mut fact = |name: &str, value: String| {
        facts.row([Cell::new(Style::Faint, name), Cell::plain(value)]);
    };
    fact(
        "workers",
        format!("{} with {} slots", stats.workers, stats.slots),
    );
    fact("longest wait", short(stats.lag));
    fact("dead letters", stats.dead_letters.to_string());
    fact(
        "bytes",
        format!(
            "{} pending, {} of results, {} of dead letters",
            stats.pending_bytes, stats.result_bytes, stats.dead_letter_bytes
        ),
    );
    if stats.paused {
        fact("paused", "yes; `docket resume` continues".to_owned());
    }
    if !struck.is_empty() {
        fact("struck tasks", struck.join(", "));
    }
    text += &facts.render(screen, 0);
    text.push('\n');
    let names = STATES.map(|state| state.to_string());
    let heading: Vec<&str> = ["task"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .chain(["started"])
        .collect();
    let mut table = Table::default();
    table.row(heading.iter().enumerate().map(|(column, name)| {
        let cell = match column {
            0 => Cell::plain(name),
            _ => Cell::number(name),
        };
        cell.styled(Style::Faint)
    }));
    for task in &stats.tasks {
        let counts = STATES.map(|state| count(task.counts.of(state), state));
        let name = [Cell::new(Style::Name, task.task.as_str())];
        table.row(
            name.into_iter()
                .chain(counts)
                .chain([Cell::number(task.started)]),
        );
    }
    let started: u64 = stats.tasks.iter().map(|task| task.started).sum();
    let counts = STATES.map(|state| count(stats.counts.of(state), state));
    let name = [Cell::new(Style::Heading, "all")];
    table.row(
        name.into_iter()
            .chain(counts)
            .chain([Cell::number(started)]),
    );
    text + &table.render(screen, 0)
}

fn count(number: usize, state: ExecutionState) -> Cell {
    let cell = Cell::number(number);
    match number {
        0 => cell.styled(Style::Faint),
        _ => cell.styled(style(state)),
    }
}

pub(crate) async fn list(docket: &Docket, options: &ListOptions) -> CommandResult {
    show_page(docket, options, &options.selection.filter()).await
}

pub(crate) async fn dead(docket: &Docket, options: &ListOptions) -> CommandResult {
    show_page(docket, options, &options.selection.filter().dead_letters()).await
}

async fn show_page(docket: &Docket, options: &ListOptions, filter: &Filter) -> CommandResult {
    let after = options.after.as_deref().map(|text| {
        let place = text.parse().ok();
        place.map(Cursor).ok_or_else(|| {
            Failure::usage(format!(
                "`--after {text}` is not a place that a list has printed"
            ))
        })
    });
    let page = docket
        .list(filter, after.transpose()?, options.limit)
        .await?;
    if options.json {
        let executions: Vec<Value> = page.executions.iter().map(record_json).collect();
        return print_json(&json!({ "executions": executions, "next": page.next }));
    }
    print(&page_text(&page, &Screen::stdout()))
}

fn page_text(page: &Page, screen: &Screen) -> String {
    if page.executions.is_empty() {
        return "no executions\n".to_owned();
    }
    let mut table = Table::with_heading(&["key", "task", "state", "attempt", "submitted", ""]);
    for record in &page.executions {
        table.row([
            Cell::new(Style::Name, &*record.key),
            Cell::plain(record.task.as_str()),
            Cell::new(style(record.state), record.state.to_string()),
            Cell::number(record.attempt),
            Cell::new(Style::Faint, iso(record.submitted)),
            Cell::plain(remark(record)),
        ]);
    }
    let mut text = table.render(screen, 0);
    if let Some(Cursor(place)) = page.next {
        let _ = writeln!(text, "more: `--after {place}`");
    }
    text
}

pub(crate) async fn get(docket: &Docket, options: &KeyOptions) -> CommandResult {
    let record = execution(docket, &options.key).await?.record().await?;
    if options.json {
        return print_json(&record_json(&record));
    }
    print(&record_text(&record, &Screen::stdout()))
}

fn record_text(record: &Record, screen: &Screen) -> String {
    let json = record_json(record);
    let mut table = Table::default();
    let mut long = String::new();
    for (name, value) in json.as_object().into_iter().flatten() {
        let cell = match (name.as_str(), value) {
            ("state", value) => Cell::new(style(record.state), value.as_str().unwrap_or_default()),
            ("result" | "history", value) => {
                let heading = screen.paint(Style::Faint, name);
                let _ = write!(long, "\n{heading}\n{}\n", safe_text::json(value));
                continue;
            }
            ("progress", _) => Cell::plain(format!(
                "{}/{} {}",
                record.progress.done,
                record
                    .progress
                    .total
                    .map_or("?".to_owned(), |it| it.to_string()),
                record.progress.message.as_deref().unwrap_or_default()
            )),
            (_, Value::String(text)) => Cell::plain(text),
            (_, value) => Cell::plain(value.to_string()),
        };
        table.row([Cell::new(Style::Faint, name), cell]);
    }
    table.render(screen, 0) + &long
}

pub(crate) async fn workers(docket: &Docket, as_json: bool) -> CommandResult {
    let workers = docket.workers().await?;
    if as_json {
        let workers = workers.iter().map(|worker| {
            json!({
                "name": &*worker.name,
                "since": iso(worker.since),
                "seen": iso(worker.seen),
                "running": worker.running,
            })
        });
        return print_json(&workers.collect());
    }
    if workers.is_empty() {
        return print("no workers\n");
    }
    let mut table = Table::with_heading(&["worker", "running", "since", "seen"]);
    for worker in &workers {
        table.row([
            Cell::new(Style::Name, &*worker.name),
            Cell::number(worker.running),
            Cell::plain(iso(worker.since)),
            Cell::plain(iso(worker.seen)),
        ]);
    }
    print(&table.render(&Screen::stdout(), 0))
}

//! Encodes filters, and decodes pages, statistics and the results of changes.

use std::collections::HashMap;
use std::time::Duration;

use redis::Value;
use serde_json::json;

use crate::docket::model::filter::{Changed, ChangedPart, Cursor, Filter, Page, Range};
use crate::docket::model::key::Name;
use crate::docket::model::stats::{Stats, TaskStats};
use crate::docket::model::time::Timestamp;

use crate::docket::backend::redis::codec::record::{execution_state, records};
use crate::docket::backend::redis::codec::value::{Decoded, list, number, parts, text};
use crate::docket::backend::redis::script::Step;

/// Appends a filter as JSON. Numbers of executions are texts, because Lua numbers above 2^53 would lose digits.
pub(crate) fn put_filter(step: &mut Step, filter: &Filter) {
    let states: Vec<String> = filter.states.iter().map(ToString::to_string).collect();
    let filter = json!({
        "states": states,
        "dead_letters": filter.dead_letters,
        "id": filter.id.map(|id| id.0.to_string()),
        "task": filter.task,
        "key": filter.key,
        "key_prefix": filter.key_prefix,
        "submitted_since": filter.submitted_since,
        "submitted_before": filter.submitted_before,
        "ended_since": filter.ended_since,
        "ended_before": filter.ended_before,
        "newest_first": filter.newest_first,
    });
    step.add(filter.to_string());
}

/// Appends the 2 arguments of a range.
pub(crate) fn put_range(step: &mut Step, range: Range) {
    let place = |cursor: Option<Cursor>| cursor.map_or(String::new(), |at| at.0.to_string());
    step.add(place(range.after));
    step.add(place(range.until));
}

/// Decodes an ID after which a list continues; `None` for an empty text.
fn cursor(value: Value) -> Decoded<Option<Cursor>> {
    let id = text(value)?;
    Ok(id.parse().ok().map(Cursor))
}

/// Decodes the reply to `list`.
pub(crate) fn page(value: Value) -> Decoded<Page> {
    let [executions, next] = parts(value)?;
    Ok(Page {
        executions: records(executions)?,
        next: cursor(next)?,
    })
}

fn count(value: Value) -> Decoded<usize> {
    Ok(usize::try_from(number(value)?).unwrap_or(usize::MAX))
}

/// Decodes the reply to `change`.
pub(crate) fn changed_part(value: Value) -> Decoded<ChangedPart> {
    let [changed, skipped, next, last] = parts(value)?;
    Ok(ChangedPart {
        changed: Changed {
            changed: count(changed)?,
            skipped: count(skipped)?,
        },
        next: cursor(next)?,
        last: cursor(last)?.unwrap_or(Cursor(u64::MAX)),
    })
}

/// Decodes the reply to `stats`.
pub(crate) fn stats(value: Value) -> Decoded<Stats> {
    let [totals, counts, heads] = parts(value)?;
    let [
        dead_letters,
        pending_bytes,
        result_bytes,
        dead_letter_bytes,
        workers,
        slots,
        paused,
        now,
    ] = parts(totals)?;
    let now = Timestamp::from_micros(number(now)?);
    let mut tasks: HashMap<String, TaskStats> = HashMap::new();
    for value in list(counts)? {
        let [kind, task, amount] = parts(value)?;
        let (kind, task, amount) = (text(kind)?, text(task)?, number(amount)?);
        let stats = tasks
            .entry(task)
            .or_insert_with_key(|task| TaskStats::new(Name::from(task.clone())));
        match (kind.as_str(), execution_state(&kind)) {
            (_, Some(state)) => {
                *stats.counts.of_mut(state) = usize::try_from(amount).unwrap_or(usize::MAX);
            }
            ("started", _) => stats.started = amount,
            ("lateness", _) => stats.lateness = Duration::from_micros(amount),
            ("total_lateness", _) => stats.total_lateness = Duration::from_micros(amount),
            // A newer version of the program may count more.
            _ => {}
        }
    }
    for value in list(heads)? {
        let [task, due] = parts(value)?;
        let lag = now.since(Timestamp::from_micros(number(due)?));
        if let Some(stats) = tasks.get_mut(&text(task)?) {
            stats.lag = Some(stats.lag.map_or(lag, |present| present.max(lag)));
        }
    }
    let stats = Stats {
        dead_letters: count(dead_letters)?,
        pending_bytes: count(pending_bytes)?,
        result_bytes: count(result_bytes)?,
        dead_letter_bytes: count(dead_letter_bytes)?,
        workers: count(workers)?,
        slots: count(slots)?,
        paused: text(paused)? == "1",
        now,
        tasks: tasks.into_values().collect(),
        ..Stats::default()
    };
    Ok(stats.complete())
}

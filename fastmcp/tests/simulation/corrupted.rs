//! Tests the checker with histories that violate an invariant.

use fastmcp::docket::{ExecutionState, Timestamp};

use crate::checker::check;
use crate::history::{Entry, History};

/// Corrupts valid histories in one way per invariant, and asserts that the checker reports each violation.
pub(crate) fn detects_violations() {
    type Corrupt = fn(&mut History);
    let corruptions: [(&str, Corrupt); 10] = [
        ("I1", |history| {
            let kept = history.retention_ends();
            let lost = history
                .final_records
                .iter_mut()
                .find(|(id, record)| record.is_some() && !kept.contains_key(id));
            *lost.expect("the history has one").1 = None;
        }),
        ("I2", |history| {
            let claimed = history
                .entries
                .iter()
                .position(|entry| matches!(entry, Entry::Claimed { .. }))
                .expect("the history has one");
            let mut again = history.entries[claimed].clone();
            if let Entry::Claimed { lease, .. } = &mut again {
                lease.token += 1;
            }
            history.entries.truncate(claimed + 1);
            history.entries.push(again);
        }),
        ("I3", |history| {
            let settled = history
                .entries
                .iter()
                .rev()
                .find_map(|entry| match entry {
                    Entry::Settled { lease, state, .. } if state.is_terminal() => Some(lease.id),
                    _ => None,
                })
                .expect("the history has one");
            if let Some(Some(record)) = history.final_records.get_mut(&settled) {
                record.state = ExecutionState::Queued;
            }
        }),
        ("I4", |history| {
            for entry in &mut history.entries {
                if let Entry::Claimed { delivery, .. } = entry {
                    *delivery = 4;
                }
            }
        }),
        ("parked", |history| {
            history
                .entries
                .retain(|entry| !matches!(entry, Entry::Woken { .. }));
        }),
        ("family", |history| {
            let parents = history.entries.iter().filter_map(|entry| match entry {
                Entry::Accepted { parent, .. } => *parent,
                _ => None,
            });
            for parent in parents {
                if let Some(Some(record)) = history.final_records.get_mut(&parent)
                    && record.state == ExecutionState::Cancelled
                {
                    record.ended = Some(Timestamp::EPOCH);
                }
            }
        }),
        ("keep", |history| {
            let any = history.final_records.values().flatten().next().cloned();
            for record in history.final_records.values_mut() {
                *record = record.take().or_else(|| any.clone());
            }
        }),
        ("list", |history| drop(history.listed.pop())),
        ("counts", |history| {
            let task = history.stats.tasks.first_mut();
            task.expect("the history has one").counts.completed += 1;
        }),
        ("I5", |history| {
            for record in history.final_records.values_mut().flatten() {
                if record.state == ExecutionState::Dead {
                    record.task = "unknown".into();
                    record.state = ExecutionState::Completed;
                }
            }
            history
                .entries
                .retain(|entry| matches!(entry, Entry::Accepted { .. }));
        }),
    ];
    for (invariant, corrupt) in corruptions {
        let found = (0..50).any(|seed| {
            let mut history = crate::world::run(seed);
            assert!(check(&history).is_ok());
            corrupt(&mut history);
            check(&history).is_err_and(|violation| violation.starts_with(invariant))
        });
        assert!(
            found,
            "the checker did not detect a violation of {invariant}"
        );
    }
}

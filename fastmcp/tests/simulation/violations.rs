//! Tests the checker with histories that violate an invariant.

use fastmcp::docket::ExecutionState;

use crate::checker::check;
use crate::history::{Entry, History};

/// Violates each invariant once in a valid history; the checker must detect every violation.
pub(crate) fn detects_violations() {
    type Spoil = fn(&mut History);
    let spoils: [(&str, Spoil); 7] = [
        ("I1", |history| {
            let kept = history.kept_until();
            let lost = history
                .end
                .iter_mut()
                .find(|(id, record)| record.is_some() && !kept.contains_key(id));
            *lost.expect("one").1 = None;
        }),
        ("I2", |history| {
            let claimed = history
                .entries
                .iter()
                .position(|entry| matches!(entry, Entry::Claimed { .. }))
                .expect("one");
            let mut again = history.entries[claimed].clone();
            if let Entry::Claimed { hold, .. } = &mut again {
                hold.token += 1;
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
                    Entry::Settled { hold, state, .. } if state.is_terminal() => Some(hold.id),
                    _ => None,
                })
                .expect("one");
            if let Some(Some(record)) = history.end.get_mut(&settled) {
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
        ("keep", |history| {
            let some = history.end.values().flatten().next().cloned();
            for record in history.end.values_mut() {
                *record = record.take().or_else(|| some.clone());
            }
        }),
        ("I5", |history| {
            for record in history.end.values_mut().flatten() {
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
    for (promise, spoil) in spoils {
        let found = (0..50).any(|seed| {
            let mut history = crate::world::run(seed);
            assert!(check(&history).is_ok());
            spoil(&mut history);
            check(&history).is_err_and(|broken| broken.starts_with(promise))
        });
        assert!(found, "a broken {promise} was not found");
    }
}

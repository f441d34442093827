//! Checks a recorded history against the invariants I1 to I5.
//!
//! I1: no accepted execution is lost. I2: one live runner per key. I3: states only move forward. I4: deliveries are
//! bounded. I5: executions that cannot run do not stop a worker and end as dead letters.

use std::collections::{HashMap, HashSet};

use fastmcp::docket::backend::Lease;
use fastmcp::docket::{ExecutionId, ExecutionState, Key, Timestamp};

use crate::history::{Entry, History};
use crate::world::{LANE_LIMIT, OWNER_LIMIT};

/// Counts what happened in the histories, to detect a simulation that misses a case.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    accepted: usize,
    completed: usize,
    failed: usize,
    cancelled: usize,
    dead: usize,
    deaths: usize,
    redelivered: usize,
    fenced: usize,
    jumps: usize,
    undecodable: usize,
    unknown: usize,
    toxic: usize,
    parked: usize,
    woken: usize,
    expired: usize,
    retried: usize,
    suspended: usize,
    recorded: usize,
    repeated: usize,
    orphaned: usize,
}

impl Coverage {
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.completed += other.completed;
        self.failed += other.failed;
        self.cancelled += other.cancelled;
        self.dead += other.dead;
        self.deaths += other.deaths;
        self.redelivered += other.redelivered;
        self.fenced += other.fenced;
        self.jumps += other.jumps;
        self.undecodable += other.undecodable;
        self.unknown += other.unknown;
        self.toxic += other.toxic;
        self.parked += other.parked;
        self.woken += other.woken;
        self.expired += other.expired;
        self.retried += other.retried;
        self.suspended += other.suspended;
        self.recorded += other.recorded;
        self.repeated += other.repeated;
        self.orphaned += other.orphaned;
    }

    pub(crate) fn assert_complete(&self) {
        let all = [
            self.accepted,
            self.completed,
            self.failed,
            self.cancelled,
            self.dead,
            self.deaths,
            self.redelivered,
            self.fenced,
            self.jumps,
            self.undecodable,
            self.unknown,
            self.toxic,
            self.parked,
            self.woken,
            self.expired,
            self.retried,
            self.suspended,
            self.recorded,
            self.orphaned,
        ];
        assert!(all.iter().all(|count| *count > 0), "{self:?}");
    }
}

/// A run that has neither settled nor lost its lease, according to the store's results.
struct Live {
    lease: Lease,
    until: Timestamp,
}

/// Checks a history. The error begins with the violated invariant.
pub(crate) fn check(history: &History) -> Result<Coverage, String> {
    let mut coverage = Coverage::default();
    one_live_runner_per_key(history, &mut coverage)?;
    states_only_move_forward(history)?;
    parked_executions_wait_to_be_woken(history, &mut coverage)?;
    recorded_steps_do_not_run_again(history, &mut coverage)?;
    let in_lane = |entry: &Entry| match entry {
        Entry::Accepted { id, in_lane, .. } => in_lane.then_some(*id),
        _ => None,
    };
    limit_holds(history, "lane", LANE_LIMIT, in_lane)?;
    for owner in ["ada", "bob"] {
        let is_owned = |entry: &Entry| match entry {
            Entry::Accepted { id, owner: of, .. } => {
                of.as_deref().is_some_and(|of| of == owner).then_some(*id)
            }
            _ => None,
        };
        limit_holds(history, owner, OWNER_LIMIT, is_owned)?;
    }
    children_end_with_their_parents(history, &mut coverage)?;
    every_execution_ends(history, &mut coverage)?;
    deliveries_are_bounded(history, &mut coverage)?;
    lists_and_counts_are_complete(history)?;
    Ok(coverage)
}

/// I2: a key is claimed only after its previous run has settled or lost its lease. A run without a lease is fenced.
fn one_live_runner_per_key(history: &History, coverage: &mut Coverage) -> Result<(), String> {
    let mut live: HashMap<Key, Live> = HashMap::new();
    let mut keys: HashMap<Lease, Key> = HashMap::new();
    let mut last_token = 0;
    let is_live = |live: &HashMap<Key, Live>, keys: &HashMap<Lease, Key>, lease: &Lease| {
        keys.get(lease)
            .and_then(|key| live.get(key))
            .is_some_and(|run| run.lease == *lease)
    };
    for entry in &history.entries {
        match entry {
            Entry::Claimed {
                key,
                lease,
                at,
                until,
                ..
            } => {
                if lease.token <= last_token {
                    return Err(format!("I2: token {} after {last_token}", lease.token));
                }
                last_token = lease.token;
                if let Some(run) = live.get(key)
                    && run.until > *at
                {
                    return Err(format!(
                        "I2: {key} claimed as {lease:?} while {:?} is live",
                        run.lease
                    ));
                }
                keys.insert(*lease, key.clone());
                live.insert(
                    key.clone(),
                    Live {
                        lease: *lease,
                        until: *until,
                    },
                );
            }
            Entry::Renewed { lease, until } => {
                if !is_live(&live, &keys, lease) {
                    return Err(format!(
                        "I2: {lease:?} was renewed after its lease was lost"
                    ));
                }
                if let Some(run) = keys.get(lease).and_then(|key| live.get_mut(key)) {
                    run.until = *until;
                }
            }
            Entry::Reported { lease } if !is_live(&live, &keys, lease) => {
                return Err(format!(
                    "I2: {lease:?} reported progress after its lease was lost"
                ));
            }
            Entry::Settled { lease, .. } => {
                if !is_live(&live, &keys, lease) {
                    return Err(format!("I2: {lease:?} settled after its lease was lost"));
                }
                if let Some(key) = keys.get(lease) {
                    live.remove(key);
                }
            }
            Entry::Began { token } if *token > last_token => {
                return Err(format!(
                    "I2: a body began with token {token}, which was never issued"
                ));
            }
            Entry::Fenced { .. } => coverage.fenced += 1,
            Entry::Died { .. } => coverage.deaths += 1,
            Entry::Jumped { .. } => coverage.jumps += 1,
            Entry::Retried { .. } => coverage.retried += 1,
            _ => {}
        }
    }
    Ok(())
}

/// A parked execution is not claimed before it is woken.
fn parked_executions_wait_to_be_woken(
    history: &History,
    coverage: &mut Coverage,
) -> Result<(), String> {
    let mut parked: HashSet<ExecutionId> = HashSet::new();
    for entry in &history.entries {
        match entry {
            Entry::Parked { lease } => {
                coverage.parked += 1;
                parked.insert(lease.id);
            }
            Entry::Woken { id } => {
                coverage.woken += 1;
                if !parked.remove(id) {
                    return Err(format!("parked: {id:?} was woken but not parked"));
                }
            }
            Entry::Claimed { lease, .. } if parked.contains(&lease.id) => {
                return Err(format!("parked: {lease:?} was claimed without being woken"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A run that has its lease does not repeat a recorded step. A run that has lost its lease and does not know it may
/// still begin one.
fn recorded_steps_do_not_run_again(
    history: &History,
    coverage: &mut Coverage,
) -> Result<(), String> {
    let mut runs: HashMap<u64, ExecutionId> = HashMap::new();
    let mut latest: HashMap<ExecutionId, u64> = HashMap::new();
    let mut ran: HashSet<(ExecutionId, &str)> = HashSet::new();
    let mut recorded: HashSet<(ExecutionId, &str)> = HashSet::new();
    for entry in &history.entries {
        match entry {
            Entry::Claimed { lease, .. } => {
                runs.insert(lease.token, lease.id);
                latest.insert(lease.id, lease.token);
            }
            Entry::Recorded { lease, step } => {
                coverage.recorded += 1;
                recorded.insert((lease.id, step));
            }
            Entry::Stepped { token, step } => {
                let Some(id) = runs.get(token) else {
                    return Err(format!("steps: {token} was never claimed"));
                };
                let has_lease = latest.get(id) == Some(token);
                if has_lease && recorded.contains(&(*id, step)) {
                    return Err(format!("steps: {id:?} ran `{step}` after it was recorded"));
                }
                coverage.repeated += usize::from(!ran.insert((*id, step)));
            }
            Entry::Suspended { .. } => coverage.suspended += 1,
            _ => {}
        }
    }
    Ok(())
}

/// The executions that `limited` returns never have more live runs than `limit`.
fn limit_holds(
    history: &History,
    name: &str,
    limit: u32,
    limited: impl Fn(&Entry) -> Option<ExecutionId>,
) -> Result<(), String> {
    let limited: HashSet<ExecutionId> = history.entries.iter().filter_map(limited).collect();
    let mut live: HashMap<Lease, Timestamp> = HashMap::new();
    for entry in &history.entries {
        match entry {
            Entry::Claimed {
                lease, at, until, ..
            } if limited.contains(&lease.id) => {
                live.retain(|_, until| *until > *at);
                live.insert(*lease, *until);
                if live.len() > limit as usize {
                    return Err(format!("{name}: {} run at once with {lease:?}", live.len()));
                }
            }
            Entry::Renewed { lease, until } => {
                if let Some(lease) = live.get_mut(lease) {
                    *lease = *until;
                }
            }
            Entry::Settled { lease, .. } => {
                live.remove(lease);
            }
            _ => {}
        }
    }
    Ok(())
}

/// No execution starts after its parent was cancelled, and only children of cancelled parents are cancelled with them.
fn children_end_with_their_parents(
    history: &History,
    coverage: &mut Coverage,
) -> Result<(), String> {
    let record = |id: &ExecutionId| history.final_records.get(id).and_then(Option::as_ref);
    for entry in &history.entries {
        let Entry::Accepted {
            id: child,
            parent: Some(parent),
            ..
        } = entry
        else {
            continue;
        };
        let Some(parent) = record(parent) else {
            continue;
        };
        let is_orphan = record(child)
            .and_then(|child| child.reason.as_ref())
            .is_some_and(|reason| reason.starts_with("its parent"));
        coverage.orphaned += usize::from(is_orphan);
        if parent.state != ExecutionState::Cancelled {
            if is_orphan {
                return Err(format!(
                    "family: {child:?} was cancelled, but {:?} was not",
                    parent.id
                ));
            }
            continue;
        }
        let late = history.entries.iter().find_map(|entry| match entry {
            Entry::Claimed { lease, at, .. } if lease.id == *child && Some(*at) > parent.ended => {
                Some(lease)
            }
            _ => None,
        });
        if let Some(lease) = late {
            return Err(format!(
                "family: {lease:?} started after the end of {:?}",
                parent.id
            ));
        }
    }
    Ok(())
}

/// I3: a terminal state never changes, and the final records still have it.
fn states_only_move_forward(history: &History) -> Result<(), String> {
    let mut ended: HashMap<ExecutionId, ExecutionState> = HashMap::new();
    for entry in &history.entries {
        match entry {
            Entry::Claimed { lease, .. } if ended.contains_key(&lease.id) => {
                return Err(format!("I3: {lease:?} was claimed after its end"));
            }
            Entry::Settled { lease, state, .. } => {
                if let Some(before) = ended.get(&lease.id) {
                    return Err(format!(
                        "I3: {lease:?} settled as {state:?} after {before:?}"
                    ));
                }
                if state.is_terminal() {
                    ended.insert(lease.id, *state);
                }
            }
            _ => {}
        }
    }
    let retained = history.retention_ends();
    for (id, state) in ended {
        if retained
            .get(&id)
            .is_some_and(|until| *until <= history.ended_at)
        {
            continue;
        }
        match history.final_records.get(&id).and_then(Option::as_ref) {
            Some(record) if record.state == state => {}
            other => {
                return Err(format!(
                    "I3: {id:?} ended as {state:?} but is now {other:?}"
                ));
            }
        }
    }
    Ok(())
}

/// I1 and I5: every accepted execution has ended, and executions that cannot run are dead letters or cancelled.
fn every_execution_ends(history: &History, coverage: &mut Coverage) -> Result<(), String> {
    if !history.finished {
        return Err("I1: a healthy worker did not finish the remaining work".into());
    }
    for entry in &history.entries {
        let Entry::Accepted {
            id,
            key,
            keep_until,
            ..
        } = entry
        else {
            continue;
        };
        coverage.accepted += 1;
        let record = history.final_records.get(id).and_then(Option::as_ref);
        if keep_until.is_some_and(|until| until <= history.ended_at) {
            if record.is_some() {
                return Err(format!(
                    "keep: {key} {id:?} still exists after its retention period"
                ));
            }
            coverage.expired += 1;
            continue;
        }
        let Some(record) = record else {
            return Err(format!("I1: {key} {id:?} was accepted and is lost"));
        };
        match record.state {
            ExecutionState::Completed => coverage.completed += 1,
            ExecutionState::Failed => coverage.failed += 1,
            ExecutionState::Cancelled => coverage.cancelled += 1,
            ExecutionState::Dead => coverage.dead += 1,
            state => return Err(format!("I1: {key} {id:?} never ended: {state:?}")),
        }
        let is_garbage = key.starts_with("garbage");
        let cannot_run = is_garbage || record.task == "unknown";
        let given_up = matches!(
            record.state,
            ExecutionState::Dead | ExecutionState::Cancelled
        );
        if cannot_run && !given_up {
            return Err(format!(
                "I5: {key} {id:?} cannot run but is {:?}",
                record.state
            ));
        }
        if record.state == ExecutionState::Dead {
            coverage.undecodable += usize::from(is_garbage);
            coverage.unknown += usize::from(record.task == "unknown");
            coverage.toxic += usize::from(record.task == "toxic");
        }
    }
    Ok(())
}

/// I4: no attempt exceeds its deliveries, and every dead letter has a reason.
fn deliveries_are_bounded(history: &History, coverage: &mut Coverage) -> Result<(), String> {
    for entry in &history.entries {
        if let Entry::Claimed { key, delivery, .. } = entry {
            coverage.redelivered += usize::from(*delivery > 1);
            if *delivery == 0 || *delivery > history.max_deliveries {
                return Err(format!("I4: delivery {delivery} of {key}"));
            }
        }
    }
    let letters: HashSet<&Key> = history.dead_letters.iter().collect();
    for record in history.final_records.values().flatten() {
        if record.state != ExecutionState::Dead {
            continue;
        }
        let Some(reason) = &record.reason else {
            return Err(format!("I4: {} is dead without a reason", record.key));
        };
        let lost = record
            .history
            .iter()
            .filter(|incident| {
                incident.attempt == record.attempt && incident.what.contains("lease")
            })
            .count();
        if reason.starts_with("lost") && lost < history.max_deliveries as usize {
            return Err(format!(
                "I4: {} is dead after {lost} lost deliveries",
                record.key
            ));
        }
    }
    let retained = history.retention_ends();
    let dead: HashSet<&Key> = history
        .final_records
        .values()
        .flatten()
        .filter(|record| {
            let state = record.state;
            let is_letter = state == ExecutionState::Dead || state == ExecutionState::Failed;
            is_letter && !retained.contains_key(&record.id)
        })
        .map(|record| &record.key)
        .collect();
    if let Some(stray) = letters.difference(&dead).next() {
        return Err(format!(
            "I4: {stray} is listed as a dead letter but is not dead"
        ));
    }
    Ok(())
}

/// The list contains every record once, and the counts by task and state are those of the list.
fn lists_and_counts_are_complete(history: &History) -> Result<(), String> {
    let mut counts: HashMap<(&str, ExecutionState), usize> = HashMap::new();
    let mut listed: HashSet<ExecutionId> = HashSet::new();
    for record in &history.listed {
        if !listed.insert(record.id) {
            return Err(format!("list: {:?} is listed twice", record.id));
        }
        if !record.state.is_terminal() {
            return Err(format!("list: {:?} never ended", record.id));
        }
        *counts.entry((&record.task, record.state)).or_default() += 1;
    }
    if let Some(missing) = history
        .final_records
        .values()
        .flatten()
        .find(|record| !listed.contains(&record.id))
    {
        return Err(format!("list: {:?} is not listed", missing.id));
    }
    for task in &history.stats.tasks {
        for state in [
            ExecutionState::Scheduled,
            ExecutionState::Queued,
            ExecutionState::Running,
            ExecutionState::Completed,
            ExecutionState::Failed,
            ExecutionState::Cancelled,
            ExecutionState::Dead,
        ] {
            let expected = counts.remove(&(&task.task, state)).unwrap_or_default();
            if task.counts.of(state) != expected {
                return Err(format!(
                    "counts: {} has {expected} {state}, but is {:?}",
                    task.task, task.counts
                ));
            }
        }
    }
    match counts.into_iter().next() {
        Some((uncounted, _)) => Err(format!("counts: {uncounted:?} is not counted")),
        None => Ok(()),
    }
}

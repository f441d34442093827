//! Checks a recorded history against the invariants I1 to I5.

use std::collections::{HashMap, HashSet};

use fastmcp::docket::backend::Hold;
use fastmcp::docket::{ExecutionId, ExecutionState, Key, Timestamp};

use crate::history::{Entry, History};
use crate::world::LANE_LIMIT;

/// Counts of the events in histories, to detect a simulation in which nothing happens.
#[derive(Debug, Default)]
pub(crate) struct Seen {
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
    forgotten: usize,
}

impl Seen {
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
        self.forgotten += other.forgotten;
    }

    pub(crate) fn assert_everything_happened(&self) {
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
            self.forgotten,
        ];
        assert!(all.iter().all(|count| *count > 0), "{self:?}");
    }
}

/// A run that has not ended in the store.
struct Live {
    hold: Hold,
    until: Timestamp,
}

/// Checks a history. The error names the violated invariant and how it was violated.
pub(crate) fn check(history: &History) -> Result<Seen, String> {
    let mut seen = Seen::default();
    one_live_runner_per_key(history, &mut seen)?;
    states_only_move_forward(history)?;
    parked_executions_are_not_claimed(history, &mut seen)?;
    lanes_keep_their_limits(history)?;
    every_execution_ends(history, &mut seen)?;
    deliveries_are_bounded(history, &mut seen)?;
    Ok(seen)
}

/// I2: a key is claimed only after the previous run settled or lost its lease; a run that lost it is fenced.
fn one_live_runner_per_key(history: &History, seen: &mut Seen) -> Result<(), String> {
    let mut live: HashMap<Key, Live> = HashMap::new();
    let mut keys: HashMap<Hold, Key> = HashMap::new();
    let mut last_token = 0;
    let is_live = |live: &HashMap<Key, Live>, keys: &HashMap<Hold, Key>, hold: &Hold| {
        keys.get(hold)
            .and_then(|key| live.get(key))
            .is_some_and(|run| run.hold == *hold)
    };
    for entry in &history.entries {
        match entry {
            Entry::Claimed {
                key,
                hold,
                at,
                until,
                ..
            } => {
                if hold.token <= last_token {
                    return Err(format!("I2: token {} after {last_token}", hold.token));
                }
                last_token = hold.token;
                if let Some(run) = live.get(key)
                    && run.until > *at
                {
                    return Err(format!(
                        "I2: {key} claimed as {hold:?} while {:?} is live",
                        run.hold
                    ));
                }
                keys.insert(*hold, key.clone());
                live.insert(
                    key.clone(),
                    Live {
                        hold: *hold,
                        until: *until,
                    },
                );
            }
            Entry::Renewed { hold, until } => {
                if !is_live(&live, &keys, hold) {
                    return Err(format!("I2: {hold:?} was renewed after its lease was lost"));
                }
                if let Some(run) = keys.get(hold).and_then(|key| live.get_mut(key)) {
                    run.until = *until;
                }
            }
            Entry::Reported { hold } if !is_live(&live, &keys, hold) => {
                return Err(format!(
                    "I2: {hold:?} told of progress after its lease was lost"
                ));
            }
            Entry::Settled { hold, .. } => {
                if !is_live(&live, &keys, hold) {
                    return Err(format!("I2: {hold:?} settled after its lease was lost"));
                }
                if let Some(key) = keys.get(hold) {
                    live.remove(key);
                }
            }
            Entry::Began { token } if *token > last_token => {
                return Err(format!(
                    "I2: a body began under {token}, which nobody was given"
                ));
            }
            Entry::Fenced { .. } => seen.fenced += 1,
            Entry::Died { .. } => seen.deaths += 1,
            Entry::Jumped { .. } => seen.jumps += 1,
            _ => {}
        }
    }
    Ok(())
}

/// A parked execution is not claimed before it is woken.
fn parked_executions_are_not_claimed(history: &History, seen: &mut Seen) -> Result<(), String> {
    let mut parked: HashSet<ExecutionId> = HashSet::new();
    for entry in &history.entries {
        match entry {
            Entry::Parked { hold } => {
                seen.parked += 1;
                parked.insert(hold.id);
            }
            Entry::Woken { id } => {
                seen.woken += 1;
                if !parked.remove(id) {
                    return Err(format!("parked: {id:?} was woken, and was not parked"));
                }
            }
            Entry::Claimed { hold, .. } if parked.contains(&hold.id) => {
                return Err(format!("parked: {hold:?} was claimed, and nobody woke it"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A lane never has more live runs than its limit.
fn lanes_keep_their_limits(history: &History) -> Result<(), String> {
    let mut in_lane: HashSet<ExecutionId> = HashSet::new();
    let mut live: HashMap<Hold, Timestamp> = HashMap::new();
    for entry in &history.entries {
        match entry {
            Entry::Accepted {
                id, in_lane: true, ..
            } => {
                in_lane.insert(*id);
            }
            Entry::Claimed {
                hold, at, until, ..
            } if in_lane.contains(&hold.id) => {
                live.retain(|_, until| *until > *at);
                live.insert(*hold, *until);
                if live.len() > LANE_LIMIT as usize {
                    return Err(format!("lane: {} run at once with {hold:?}", live.len()));
                }
            }
            Entry::Renewed { hold, until } => {
                if let Some(lease) = live.get_mut(hold) {
                    *lease = *until;
                }
            }
            Entry::Settled { hold, .. } => {
                live.remove(hold);
            }
            _ => {}
        }
    }
    Ok(())
}

/// I3: a terminal state never changes, up to the end of the history.
fn states_only_move_forward(history: &History) -> Result<(), String> {
    let mut ended: HashMap<ExecutionId, ExecutionState> = HashMap::new();
    for entry in &history.entries {
        match entry {
            Entry::Claimed { hold, .. } if ended.contains_key(&hold.id) => {
                return Err(format!("I3: {hold:?} was claimed after its end"));
            }
            Entry::Settled { hold, state, .. } => {
                if let Some(before) = ended.get(&hold.id) {
                    return Err(format!(
                        "I3: {hold:?} settled as {state:?} after {before:?}"
                    ));
                }
                if state.is_terminal() {
                    ended.insert(hold.id, *state);
                }
            }
            _ => {}
        }
    }
    let kept = history.kept_until();
    for (id, state) in ended {
        if kept.get(&id).is_some_and(|until| *until <= history.over) {
            continue;
        }
        match history.end.get(&id).and_then(Option::as_ref) {
            Some(record) if record.state == state => {}
            other => {
                return Err(format!(
                    "I3: {id:?} ended as {state:?}, and now is {other:?}"
                ));
            }
        }
    }
    Ok(())
}

/// I1 and I5: every accepted execution has ended, and one that no worker could run is a dead letter.
fn every_execution_ends(history: &History, seen: &mut Seen) -> Result<(), String> {
    if !history.finished {
        return Err("I1: a healthy worker did not come to an end".into());
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
        seen.accepted += 1;
        let known = history.end.get(id).and_then(Option::as_ref);
        if keep_until.is_some_and(|until| until <= history.over) {
            if known.is_some() {
                return Err(format!("keep: {key} {id:?} is known beyond its time"));
            }
            seen.forgotten += 1;
            continue;
        }
        let Some(record) = known else {
            return Err(format!("I1: {key} {id:?} was taken in and is lost"));
        };
        match record.state {
            ExecutionState::Completed => seen.completed += 1,
            ExecutionState::Failed => seen.failed += 1,
            ExecutionState::Cancelled => seen.cancelled += 1,
            ExecutionState::Dead => seen.dead += 1,
            state => return Err(format!("I1: {key} {id:?} is {state:?} for ever")),
        }
        let is_garbage = key.starts_with("garbage");
        let nobody_can_run_it = is_garbage || record.task == "unknown";
        let given_up = matches!(
            record.state,
            ExecutionState::Dead | ExecutionState::Cancelled
        );
        if nobody_can_run_it && !given_up {
            return Err(format!(
                "I5: {key} {id:?} cannot be run, and is {:?}",
                record.state
            ));
        }
        if record.state == ExecutionState::Dead {
            seen.undecodable += usize::from(is_garbage);
            seen.unknown += usize::from(record.task == "unknown");
            seen.toxic += usize::from(record.task == "toxic");
        }
    }
    Ok(())
}

/// I4: no attempt exceeds the limit of deliveries, and every dead letter has a reason.
fn deliveries_are_bounded(history: &History, seen: &mut Seen) -> Result<(), String> {
    for entry in &history.entries {
        if let Entry::Claimed { key, delivery, .. } = entry {
            seen.redelivered += usize::from(*delivery > 1);
            if *delivery == 0 || *delivery > history.max_deliveries {
                return Err(format!("I4: delivery {delivery} of {key}"));
            }
        }
    }
    let letters: HashSet<&Key> = history.dead_letters.iter().collect();
    for record in history.end.values().flatten() {
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
    let kept = history.kept_until();
    let dead: HashSet<&Key> = history
        .end
        .values()
        .flatten()
        .filter(|record| record.state == ExecutionState::Dead && !kept.contains_key(&record.id))
        .map(|record| &record.key)
        .collect();
    if let Some(stray) = letters.difference(&dead).next() {
        return Err(format!(
            "I4: {stray} is among the dead letters and is not dead"
        ));
    }
    Ok(())
}

//! The ready executions of owners, and the order in which owners take turns.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::Priority;

/// The owners with ready or running executions.
#[derive(Debug, Default)]
pub(super) struct Owners {
    by_name: HashMap<Key, Owner>,
    /// The owners with ready executions, by the priority of the first one. The next owner is the first of a set.
    turns: [BTreeSet<Turn>; 3],
    /// The number of the latest such turn.
    last_turn: u64,
}

/// The number of running executions, the turn since which the owner waits, and the owner.
///
/// In this order, the owner with the fewest runs is the next. Among owners with as many runs, the one that has waited
/// for longest is the next, so that they take turns.
type Turn = (usize, u64, Key);

#[derive(Debug, Default)]
struct Owner {
    queues: [VecDeque<ExecutionId>; 3],
    running: usize,
    /// The turn since which the owner waits: the last start or end of one of its runs, or the time at which its queue
    /// became non-empty.
    waits_since: u64,
    /// The index of the set in `turns` that has this owner.
    placed_in: Option<usize>,
}

impl Owner {
    fn first(&self) -> Option<usize> {
        self.queues.iter().position(|queue| !queue.is_empty())
    }
}

impl Owners {
    pub(super) fn push(&mut self, owner: &Key, priority: Priority, id: ExecutionId, first: bool) {
        let waiting = self.by_name.entry(owner.clone()).or_default();
        if waiting.first().is_none() {
            self.last_turn += 1;
            waiting.waits_since = self.last_turn;
        }
        let queue = &mut waiting.queues[priority as usize];
        if first {
            queue.push_front(id);
        } else {
            queue.push_back(id);
        }
        self.place(owner, |_| {});
    }

    /// Returns the owner whose turn it is, with the index of its priority. `may_start` decides by the number of running
    /// executions.
    pub(super) fn next(&self, may_start: impl Fn(usize) -> bool) -> Option<(usize, Key)> {
        self.turns.iter().enumerate().find_map(|(priority, turns)| {
            // The first has the fewest runs: if it may not start, none of this priority may.
            let (running, _, owner) = turns.first()?;
            may_start(*running).then(|| (priority, owner.clone()))
        })
    }

    /// Removes the first ready execution of the owner.
    pub(super) fn pop(&mut self, owner: &Key) -> Option<ExecutionId> {
        let mut popped = None;
        self.place(owner, |owner| {
            popped = owner
                .first()
                .and_then(|priority| owner.queues[priority].pop_front());
        });
        popped
    }

    /// Counts a run of the owner, which has had its turn.
    pub(super) fn started(&mut self, owner: &Key) {
        self.by_name.entry(owner.clone()).or_default();
        self.take_turn(owner, |running| running + 1);
    }

    /// Counts the end of a run of the owner. The owner waits from now on: otherwise, owners with long runs would be the
    /// next again and again, before an owner that has no run yet.
    pub(super) fn ended(&mut self, owner: &Key) {
        self.take_turn(owner, |running| running.saturating_sub(1));
    }

    fn take_turn(&mut self, owner: &Key, runs: impl FnOnce(usize) -> usize) {
        self.last_turn += 1;
        let turn = self.last_turn;
        self.place(owner, |owner| {
            owner.running = runs(owner.running);
            owner.waits_since = turn;
        });
    }

    /// Returns whether no owner has ready executions.
    pub(super) fn is_idle(&self) -> bool {
        self.turns.iter().all(BTreeSet::is_empty)
    }

    pub(super) fn retain(&mut self, keep: impl Fn(ExecutionId) -> bool) {
        let owners: Vec<Key> = self.by_name.keys().cloned().collect();
        for owner in owners {
            self.place(&owner, |owner| {
                for queue in &mut owner.queues {
                    queue.retain(|id| keep(*id));
                    queue.shrink_to_fit();
                }
            });
        }
    }

    /// Returns the first execution of each of the `limit` owners that come next, for which `queued` returns something.
    pub(super) fn heads<'a, T: 'a>(
        &'a self,
        limit: usize,
        queued: &'a impl Fn(ExecutionId) -> Option<T>,
    ) -> impl Iterator<Item = T> + 'a {
        let owners = self.turns.iter().flatten().take(limit);
        owners.filter_map(move |(_, _, name)| {
            let mut waiting = self.by_name.get(name)?.queues.iter().flatten();
            waiting.find_map(|id| queued(*id))
        })
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let queues = self.by_name.values().flat_map(|owner| &owner.queues);
        queues.map(VecDeque::len).sum()
    }

    /// Changes an owner, and moves it to its place in `turns`. Forgets an owner without executions.
    fn place(&mut self, name: &Key, change: impl FnOnce(&mut Owner)) {
        let Some(owner) = self.by_name.get_mut(name) else {
            return;
        };
        if let Some(priority) = owner.placed_in.take() {
            self.turns[priority].remove(&(owner.running, owner.waits_since, name.clone()));
        }
        change(owner);
        owner.placed_in = owner.first();
        match owner.placed_in {
            Some(priority) => {
                let turn = (owner.running, owner.waits_since, name.clone());
                self.turns[priority].insert(turn);
            }
            None if owner.running == 0 => drop(self.by_name.remove(name)),
            None => {}
        }
    }
}

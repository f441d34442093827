//! Checks the logs of the chaos processes against the docket's guarantees.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use fastmcp::docket::backend::Target;
use fastmcp::docket::{Docket, ExecutionId, ExecutionState, Record};

use crate::LEASE;

/// Statistics of a chaos run.
#[derive(Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) tasks: usize,
    pub(crate) runs: usize,
    pub(crate) kills: usize,
    pub(crate) deaths: usize,
    pub(crate) stops: usize,
    pub(crate) restarts: usize,
    pub(crate) redelivered: usize,
    pub(crate) begun_twice: usize,
    pub(crate) fenced: usize,
    pub(crate) dead: usize,
    pub(crate) replayed: usize,
    pub(crate) lost: usize,
}

impl fmt::Display for Statistics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "tasks {}, runs {}, workers killed {}, aborted by their tasks {}, stopped past their lease {}, \
             restarts of Redis or of all workers {}, redelivered {}, begun more than once {}, fenced writes {}, dead letters {}, replayed {}, \
             lost {}",
            self.tasks,
            self.runs,
            self.kills,
            self.deaths,
            self.stops,
            self.restarts,
            self.redelivered,
            self.begun_twice,
            self.fenced,
            self.dead,
            self.replayed,
            self.lost
        )
    }
}

/// A run, as its worker logged it.
#[derive(Debug, Clone)]
struct Run {
    id: u64,
    claimed: u64,
    delivery: u32,
    /// The answer to its settlement, if one was logged.
    settled: Option<String>,
    has_begun: bool,
    /// `true` if its process has ended. Others may take over its runs before their leases expire.
    process_has_ended: bool,
}

/// The token and the execution of a run.
type RunId = (u64, u64);

#[derive(Debug, Default)]
pub(crate) struct History {
    accepted: HashSet<u64>,
    /// The runs in the order of their claims. The runs of one claim have the same token.
    runs: BTreeMap<RunId, Run>,
    keys: HashMap<String, Vec<RunId>>,
    fenced: usize,
}

impl History {
    /// Reads the log of one process. Its last line is ignored if it is incomplete. `has_ended` is true for a process that has
    /// ended, if the store notices this.
    pub(crate) fn read(&mut self, log: &str, has_ended: bool) {
        for line in log
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let number = |index: usize| {
                fields
                    .get(index)
                    .and_then(|field| field.parse::<u64>().ok())
            };
            match (fields.first().copied(), number(1)) {
                (Some("A"), Some(id)) => {
                    self.accepted.insert(id);
                }
                (Some("C"), Some(id)) => {
                    let token = number(2).expect("the line has a token");
                    let run = self.run((token, id));
                    run.id = id;
                    run.process_has_ended = has_ended;
                    run.claimed = number(3).expect("the line has a time");
                    run.delivery =
                        u32::try_from(number(4).expect("the line has a delivery")).expect("small");
                    self.keys
                        .entry(fields[5].to_owned())
                        .or_default()
                        .push((token, id));
                }
                (Some("B"), Some(token)) => {
                    // The claim precedes it in the same log.
                    let claimed = self.keys.get(fields[2]).into_iter().flatten();
                    if let Some(id) = claimed.copied().find(|(of_claim, _)| *of_claim == token) {
                        self.run(id).has_begun = true;
                    }
                }
                (Some("S"), Some(id)) => {
                    let token = number(2).expect("the line has a token");
                    if fields[3] == "fenced" {
                        self.fenced += 1;
                    }
                    // A settlement whose answer was lost is repeated, and the repetition is answered as fenced.
                    let run = self.run((token, id));
                    if run
                        .settled
                        .as_deref()
                        .is_none_or(|answer| answer == "fenced")
                    {
                        run.settled = Some(fields[3].to_owned());
                    }
                }
                _ => panic!("unexpected log line: {line}"),
            }
        }
    }

    fn run(&mut self, id: RunId) -> &mut Run {
        self.runs.entry(id).or_insert(Run {
            id: 0,
            claimed: 0,
            delivery: 0,
            settled: None,
            has_begun: false,
            process_has_ended: false,
        })
    }

    pub(crate) async fn check(
        &self,
        docket: &Docket,
        toxic: &[ExecutionId],
        statistics: &mut Statistics,
    ) {
        let mut ids: HashSet<u64> = self.accepted.clone();
        ids.extend(toxic.iter().map(|id| id.0));
        let mut records: HashMap<u64, Record> = HashMap::new();
        for id in &ids {
            let target = Target::Id(ExecutionId(*id));
            match docket
                .backend()
                .find(&target)
                .await
                .expect("the store replies")
            {
                Some(record) => drop(records.insert(*id, record)),
                None => statistics.lost += 1,
            }
        }
        statistics.tasks = ids.len();
        statistics.runs = self.runs.len();
        statistics.fenced = self.fenced;
        assert_eq!(statistics.lost, 0, "accepted executions are lost");
        for record in records.values() {
            assert!(record.state.is_terminal(), "not ended: {record:?}");
        }
        self.one_live_runner_per_key(&records);
        self.only_the_latest_run_settles(&records, statistics);
        let toxic: HashSet<u64> = toxic.iter().map(|id| id.0).collect();
        for (id, record) in &records {
            let is_toxic = toxic.contains(id);
            match record.state {
                ExecutionState::Dead => {
                    statistics.dead += 1;
                    assert_eq!(
                        record.delivery, 3,
                        "dead before its last delivery: {record:?}"
                    );
                    assert_eq!(record.history.len(), 3, "incomplete history: {record:?}");
                }
                ExecutionState::Completed => {
                    assert!(!is_toxic, "a toxic task completed: {record:?}");
                }
                _ => panic!("unexpected state: {record:?}"),
            }
        }
    }

    /// Asserts that between two claims of a key, the first run settled or its lease expired.
    fn one_live_runner_per_key(&self, records: &HashMap<u64, Record>) {
        let lease = u64::try_from(LEASE.as_micros()).expect("the lease is short");
        for (key, tokens) in &self.keys {
            let mut tokens = tokens.clone();
            tokens.sort_unstable();
            for pair in tokens.windows(2) {
                assert_ne!(pair[0].0, pair[1].0, "{key}: two runs with one token");
                let (first, second) = (&self.runs[&pair[0]], &self.runs[&pair[1]]);
                let is_over = if first.id == second.id {
                    first
                        .settled
                        .as_deref()
                        .is_some_and(|answer| answer != "fenced")
                } else {
                    records
                        .get(&first.id)
                        .and_then(|record| record.ended)
                        .is_some_and(|ended| ended.as_micros() <= second.claimed)
                };
                assert!(
                    is_over || first.process_has_ended || second.claimed >= first.claimed + lease,
                    "{key}: two live runs: {first:?} and {second:?}"
                );
            }
        }
    }

    /// Asserts that only the latest run of an execution settled and wrote the result, and that
    /// deliveries are bounded.
    fn only_the_latest_run_settles(
        &self,
        records: &HashMap<u64, Record>,
        statistics: &mut Statistics,
    ) {
        let mut runs: HashMap<u64, Vec<(u64, &Run)>> = HashMap::new();
        for ((token, _), run) in &self.runs {
            runs.entry(run.id).or_default().push((*token, run));
        }
        for (id, runs) in &runs {
            assert!(runs.len() <= 3, "delivered too often: {runs:?}");
            statistics.redelivered += usize::from(runs.iter().any(|(_, run)| run.delivery > 1));
            statistics.begun_twice +=
                usize::from(runs.iter().filter(|(_, run)| run.has_begun).count() > 1);
            let accepted: Vec<u64> = runs
                .iter()
                .filter(|(_, run)| {
                    run.settled
                        .as_deref()
                        .is_some_and(|answer| answer != "fenced")
                })
                .map(|(token, _)| *token)
                .collect();
            assert!(accepted.len() <= 1, "settled twice: {runs:?}");
            let Some(record) = records.get(id) else {
                continue;
            };
            if record.state == ExecutionState::Completed {
                let result = record
                    .result
                    .as_ref()
                    .expect("a completed execution has a result");
                let token: u64 = serde_json::from_slice(result).expect("the result is a token");
                let last = runs.iter().map(|(token, _)| *token).max();
                assert_eq!(
                    Some(token),
                    last,
                    "an older run wrote the result: {record:?} {runs:?}"
                );
            }
        }
    }
}

/// Reads the oldest executions repeatedly, and asserts that terminal states never change.
pub(crate) async fn watch_executions(docket: Docket) -> HashMap<ExecutionId, ExecutionState> {
    let mut seen: HashMap<ExecutionId, ExecutionState> = HashMap::new();
    loop {
        if let Ok(snapshot) = docket.snapshot().await {
            for record in snapshot.executions.into_iter().take(50) {
                seen.entry(record.id).or_insert(record.state);
            }
        }
        let ids: Vec<ExecutionId> = seen.keys().copied().collect();
        for id in ids.into_iter().take(200) {
            if let Ok(Some(record)) = docket.backend().find(&Target::Id(id)).await {
                let before = seen.insert(id, record.state);
                if let Some(before) = before
                    && before.is_terminal()
                {
                    assert_eq!(before, record.state, "a terminal state changed: {record:?}");
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    /// Returns whether the checker accepts a log, without any records from Redis.
    fn is_valid(log: &str) -> bool {
        let mut history = History::default();
        history.read(log, false);
        let records = HashMap::new();
        catch_unwind(AssertUnwindSafe(|| {
            history.one_live_runner_per_key(&records);
            history.only_the_latest_run_settles(&records, &mut Statistics::default());
        }))
        .is_ok()
    }

    #[test]
    fn the_checker_detects_violations() {
        let valid =
            "C 1 10 1000000 1 k\nB 10 k\nC 1 11 3000000 2 k\nS 1 11 completed\nS 1 10 fenced\n";
        assert!(is_valid(valid));
        for (what, log) in [
            (
                "two live leases",
                "C 1 10 1000000 1 k\nC 1 11 2000000 2 k\n",
            ),
            (
                "two executions of one key",
                "C 1 10 1000000 1 k\nC 2 11 2000000 1 k\n",
            ),
            (
                "a token that is issued twice",
                "C 1 10 1000000 1 k\nC 1 10 9000000 2 k\n",
            ),
            (
                "a fenced runner that settles",
                "C 1 10 1000000 1 k\nC 1 11 3000000 2 k\nS 1 11 completed\nS 1 10 completed\n",
            ),
            (
                "a fourth delivery",
                "C 1 1 0 1 k\nC 1 2 2000000 2 k\nC 1 3 4000000 3 k\nC 1 4 6000000 4 k\n",
            ),
        ] {
            assert!(!is_valid(log), "{what}");
        }
        // The incomplete last line of a killed process is ignored.
        assert!(is_valid("C 1 10 1000000 1 k\nC 1 11 20"));
    }
}

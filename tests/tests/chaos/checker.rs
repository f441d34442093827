//! Checks the logs of the processes against the guarantees of the docket.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use fastmcp::docket::backend::Target;
use fastmcp::docket::{Docket, ExecutionId, ExecutionState, Record};

use crate::LEASE;

/// Everything that the logs contain.
#[derive(Debug, Default)]
pub(crate) struct Figures {
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

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "tasks {}, runs {}, workers killed {}, taken down by their tasks {}, stopped past their lease {}, Redis \
             restarted {}, redelivered {}, begun more than once {}, fenced writes {}, dead letters {}, replayed {}, \
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

/// A run, as recorded by the worker that claimed it.
#[derive(Debug, Clone)]
struct Run {
    id: u64,
    claimed: u64,
    delivery: u32,
    /// The response to its settlement, if one was received.
    settled: Option<String>,
    has_begun: bool,
}

#[derive(Debug, Default)]
pub(crate) struct History {
    accepted: HashSet<u64>,
    /// Sorted by token, which is the order of the claims.
    runs: BTreeMap<u64, Run>,
    keys: HashMap<String, Vec<u64>>,
    fenced: usize,
}

impl History {
    /// Reads the log of one process. The last line may be incomplete.
    pub(crate) fn read(&mut self, log: &str) {
        for line in log
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let number = |place: usize| words.get(place).and_then(|word| word.parse::<u64>().ok());
            match (words.first().copied(), number(1)) {
                (Some("A"), Some(id)) => {
                    self.accepted.insert(id);
                }
                (Some("C"), Some(id)) => {
                    let token = number(2).expect("a token");
                    let run = self.run(token);
                    run.id = id;
                    run.claimed = number(3).expect("a moment");
                    run.delivery = u32::try_from(number(4).expect("a count")).expect("a few");
                    self.keys
                        .entry(words[5].to_owned())
                        .or_default()
                        .push(token);
                }
                (Some("B"), Some(token)) => self.run(token).has_begun = true,
                (Some("S"), Some(_)) => {
                    let token = number(2).expect("a token");
                    if words[3] == "fenced" {
                        self.fenced += 1;
                    }
                    // A settlement that is repeated after a broken connection is fenced if the first one arrived.
                    let run = self.run(token);
                    if run.settled.as_deref().is_none_or(|told| told == "fenced") {
                        run.settled = Some(words[3].to_owned());
                    }
                }
                _ => panic!("an odd line: {line}"),
            }
        }
    }

    fn run(&mut self, token: u64) -> &mut Run {
        self.runs.entry(token).or_insert(Run {
            id: 0,
            claimed: 0,
            delivery: 0,
            settled: None,
            has_begun: false,
        })
    }

    pub(crate) async fn check(
        &self,
        docket: &Docket,
        toxic: &[ExecutionId],
        figures: &mut Figures,
    ) {
        let mut ids: HashSet<u64> = self.accepted.clone();
        ids.extend(toxic.iter().map(|id| id.0));
        let mut records: HashMap<u64, Record> = HashMap::new();
        for id in &ids {
            let target = Target::Id(ExecutionId(*id));
            match docket.backend().find(&target).await.expect("Redis") {
                Some(record) => drop(records.insert(*id, record)),
                None => figures.lost += 1,
            }
        }
        figures.tasks = ids.len();
        figures.runs = self.runs.len();
        figures.fenced = self.fenced;
        assert_eq!(figures.lost, 0, "what was said yes to is not known");
        for record in records.values() {
            assert!(record.state.is_terminal(), "it never ended: {record:?}");
        }
        self.one_live_runner_per_key(&records);
        self.check_results_come_from_the_latest_run(&records, figures);
        let toxic: HashSet<u64> = toxic.iter().map(|id| id.0).collect();
        for (id, record) in &records {
            let is_toxic = toxic.contains(id);
            match record.state {
                ExecutionState::Dead => {
                    figures.dead += 1;
                    assert_eq!(record.delivery, 3, "given up too early: {record:?}");
                    assert_eq!(record.history.len(), 3, "its history: {record:?}");
                }
                ExecutionState::Completed => assert!(!is_toxic, "poison completed: {record:?}"),
                _ => panic!("nobody asked for that: {record:?}"),
            }
        }
        assert!(
            figures.fenced > 0 || figures.stops == 0,
            "nobody was fenced"
        );
    }

    /// Checks that a key is claimed again only after the first run settled or its lease expired.
    fn one_live_runner_per_key(&self, records: &HashMap<u64, Record>) {
        let lease = u64::try_from(LEASE.as_micros()).expect("short");
        for (key, tokens) in &self.keys {
            let mut tokens = tokens.clone();
            tokens.sort_unstable();
            for pair in tokens.windows(2) {
                assert_ne!(pair[0], pair[1], "{key}: one token, two runs");
                let (first, second) = (&self.runs[&pair[0]], &self.runs[&pair[1]]);
                let is_over = if first.id == second.id {
                    first
                        .settled
                        .as_deref()
                        .is_some_and(|told| told != "fenced")
                } else {
                    records
                        .get(&first.id)
                        .and_then(|record| record.ended)
                        .is_some_and(|ended| ended.as_micros() <= second.claimed)
                };
                assert!(
                    is_over || second.claimed >= first.claimed + lease,
                    "{key}: two live runs: {first:?} and {second:?}"
                );
            }
        }
    }

    /// Checks that the result is from the latest run, that earlier runs were refused, and that deliveries are limited.
    fn check_results_come_from_the_latest_run(
        &self,
        records: &HashMap<u64, Record>,
        figures: &mut Figures,
    ) {
        let mut runs: HashMap<u64, Vec<(u64, &Run)>> = HashMap::new();
        for (token, run) in &self.runs {
            runs.entry(run.id).or_default().push((*token, run));
        }
        for (id, runs) in &runs {
            assert!(runs.len() <= 3, "delivered too often: {runs:?}");
            figures.redelivered += usize::from(runs.iter().any(|(_, run)| run.delivery > 1));
            figures.begun_twice +=
                usize::from(runs.iter().filter(|(_, run)| run.has_begun).count() > 1);
            let accepted: Vec<u64> = runs
                .iter()
                .filter(|(_, run)| run.settled.as_deref().is_some_and(|told| told != "fenced"))
                .map(|(token, _)| *token)
                .collect();
            assert!(accepted.len() <= 1, "settled twice: {runs:?}");
            let Some(record) = records.get(id) else {
                continue;
            };
            if record.state == ExecutionState::Completed {
                let result = record.result.as_ref().expect("a result");
                let told: u64 = serde_json::from_slice(result).expect("a token");
                let last = runs.iter().map(|(token, _)| *token).max();
                assert_eq!(Some(told), last, "an older run wrote: {record:?} {runs:?}");
            }
        }
    }
}

/// Reads the oldest executions repeatedly and checks that a state never comes back after it was left.
pub(crate) async fn watch_some(docket: Docket) -> HashMap<ExecutionId, ExecutionState> {
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

    /// Returns whether the checker accepts these lines, with no other record of the executions.
    fn is_sound(log: &str) -> bool {
        let mut history = History::default();
        history.read(log);
        let records = HashMap::new();
        catch_unwind(AssertUnwindSafe(|| {
            history.one_live_runner_per_key(&records);
            history.check_results_come_from_the_latest_run(&records, &mut Figures::default());
        }))
        .is_ok()
    }

    #[test]
    fn the_checker_detects_violations() {
        let sound =
            "C 1 10 1000000 1 k\nB 10\nC 1 11 3000000 2 k\nS 1 11 completed\nS 1 10 fenced\n";
        assert!(is_sound(sound));
        for (what, log) in [
            (
                "two live leases",
                "C 1 10 1000000 1 k\nC 1 11 2000000 2 k\n",
            ),
            (
                "two lives of one key",
                "C 1 10 1000000 1 k\nC 2 11 2000000 1 k\n",
            ),
            (
                "a token that is given twice",
                "C 1 10 1000000 1 k\nC 1 10 9000000 2 k\n",
            ),
            (
                "a fenced runner that is heard",
                "C 1 10 1000000 1 k\nC 1 11 3000000 2 k\nS 1 11 completed\nS 1 10 completed\n",
            ),
            (
                "a fourth delivery",
                "C 1 1 0 1 k\nC 1 2 2000000 2 k\nC 1 3 4000000 3 k\nC 1 4 6000000 4 k\n",
            ),
        ] {
            assert!(!is_sound(log), "{what}");
        }
        // A line that a killed process did not finish is ignored.
        assert!(is_sound("C 1 10 1000000 1 k\nC 1 11 20"));
    }
}

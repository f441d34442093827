//! Prints result rows as a table, or as one line of JSON each.

/// The rounds of a row. The best one counts.
const ROUNDS: usize = 3;

/// The rounds of a row in a quick run.
const QUICK_ROUNDS: usize = 1;

/// The figures of ours, of rmcp and of the limit.
pub(crate) type Figures = [Option<f64>; 3];

/// The output format and the row filter.
pub(crate) struct Rows {
    json: bool,
    only: Option<String>,
    rounds: usize,
}

impl Rows {
    pub(crate) fn new(json: bool, quick: bool, only: Option<String>) -> Self {
        if !json {
            println!(
                "{:<34} {:>10} {:>10} {:>10} {:>10} {:>10}",
                "row", "ours", "rmcp", "limit", "ours/rmcp", "ours/limit"
            );
        }
        Self {
            json,
            only,
            rounds: if quick { QUICK_ROUNDS } else { ROUNDS },
        }
    }

    /// Prints the highest figures of several rounds.
    pub(crate) fn most(&self, row: &str, unit: &str, round: impl Fn() -> Figures) {
        self.print(row, unit, || best(self.rounds, &round, f64::max));
    }

    /// Prints the lowest figures of several rounds.
    pub(crate) fn least(&self, row: &str, unit: &str, round: impl Fn() -> Figures) {
        self.print(row, unit, || best(self.rounds, &round, f64::min));
    }

    /// Prints the figures of one round.
    pub(crate) fn once(&self, row: &str, unit: &str, round: impl Fn() -> Figures) {
        self.print(row, unit, round);
    }

    fn print(&self, row: &str, unit: &str, measure: impl FnOnce() -> Figures) {
        if self
            .only
            .as_ref()
            .is_some_and(|only| !row.starts_with(only))
        {
            return;
        }
        let [ours, rmcp, limit] = measure();
        if self.json {
            let [ours, rmcp, limit] = [ours, rmcp, limit]
                .map(|figure| figure.map_or("null".into(), |figure| format!("{figure:.2}")));
            println!(
                r#"{{"bench":"calls","row":"{row}","unit":"{unit}","ours":{ours},"rmcp":{rmcp},"limit":{limit}}}"#
            );
            return;
        }
        let ratio = |other: Option<f64>| match (ours, other) {
            (Some(ours), Some(other)) => format!("{:.2}", ours / other),
            _ => "–".to_owned(),
        };
        let (to_rmcp, to_limit) = (ratio(rmcp), ratio(limit));
        let [ours, rmcp, limit] = [ours, rmcp, limit].map(|figure| match figure {
            None => "–".to_owned(),
            Some(figure) if figure < 100.0 => format!("{figure:.1}"),
            Some(figure) => format!("{figure:.0}"),
        });
        println!(
            "{row:<34} {ours:>10} {rmcp:>10} {limit:>10} {to_rmcp:>10} {to_limit:>10}  {unit}"
        );
    }
}

fn best(rounds: usize, round: impl Fn() -> Figures, choose: fn(f64, f64) -> f64) -> Figures {
    let mut best = round();
    for _ in 1..rounds {
        for (best, figure) in best.iter_mut().zip(round()) {
            *best = match (*best, figure) {
                (Some(one), Some(other)) => Some(choose(one, other)),
                (one, other) => one.or(other),
            };
        }
    }
    best
}

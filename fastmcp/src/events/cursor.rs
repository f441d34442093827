//! [`Position`]: the place of a client in the history of an event, and its opaque form.

use std::sync::OnceLock;

use crate::docket::handle::Docket;

/// The place of a client in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// Everything before has been seen, in microseconds of the docket's clock.
    pub(crate) since: u64,
    /// The place in the list of executions where the next page begins; `None` at the end of the list.
    pub(crate) after: Option<u64>,
}

impl Position {
    /// Returns the cursor for clients.
    pub(crate) fn encode(self, docket: &Docket) -> String {
        let after = self
            .after
            .map_or_else(|| "-".to_owned(), |after| format!("{after:x}"));
        format!("{:x}.{:x}.{after}", epoch(docket), self.since)
    }

    /// Reads a cursor. `None` for one that this docket has not given.
    pub(crate) fn decode(text: &str, docket: &Docket) -> Option<Self> {
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        let mut parts = text.split('.');
        let (given_in, since) = (number(parts.next()?)?, number(parts.next()?)?);
        let after = match parts.next()? {
            "-" => None,
            after => Some(number(after)?),
        };
        let is_ours = parts.next().is_none() && given_in == epoch(docket);
        is_ours.then_some(Self { since, after })
    }
}

/// Returns a number that changes when the history of the docket is lost: a docket in memory starts again with its
/// process.
fn epoch(docket: &Docket) -> u64 {
    static PROCESS: OnceLock<u64> = OnceLock::new();
    if docket.is_shared() {
        return 0;
    }
    *PROCESS.get_or_init(|| rand::random::<u64>().max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_only_in_its_docket() {
        let docket = Docket::memory("events");
        let position = |after| Position {
            since: 1_764_300_000_000_000,
            after,
        };
        for after in [None, Some(17)] {
            let text = position(after).encode(&docket);
            assert_eq!(Position::decode(&text, &docket), Some(position(after)));
        }
        let text = position(None).encode(&docket);
        for other in [
            "",
            "x",
            "0.1.2",
            "1.2",
            &format!("{text}.1"),
            "-1.1.1",
            "1.1.fffffffffffffffff",
        ] {
            assert_eq!(Position::decode(other, &docket), None, "{other}");
        }
    }
}

//! The size of an execution that has ended, for the limits of results and dead letters.

use crate::docket::model::failure::Failure;
use crate::docket::model::record::Incident;

/// Returns the bytes of an ended execution. `data` is the size of its payload, note and result.
pub(crate) fn kept_bytes(
    data: usize,
    failure: Option<&Failure>,
    reason: Option<&str>,
    history: &[Incident],
) -> usize {
    let history: usize = history.iter().map(|incident| incident.what.len()).sum();
    data + failure.map_or(0, |failure| failure.message.len()) + reason.map_or(0, str::len) + history
}

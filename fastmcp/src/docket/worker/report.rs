//! [`ShutdownReport`]: the runs that a worker did not finish before it shut down.

use crate::docket::model::key::Key;

/// The runs that a worker did not finish before it shut down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// The runs that were stopped and released. Another worker can claim them at once.
    pub released: Vec<Key>,
    /// The runs that could not be stopped, because their bodies block. They are delivered again when their leases
    /// expire.
    pub abandoned: Vec<Key>,
}

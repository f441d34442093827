//! [`CallSettings`]: how a server calls its tools, unless a tool sets it differently.

use std::time::Duration;

use crate::call::portable::schemas::WideIntegers;

/// The default time without progress after which a heartbeat is sent. Clients end a request after 60
/// seconds without progress, so there is time for a lost or delayed one.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);

/// How a server calls its tools, unless a tool sets it differently.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallSettings {
    /// Refuses text for a type that takes no text, even if the text contains a fitting value.
    pub(crate) strict_arguments: bool,
    /// Ignores arguments that a tool does not have.
    pub(crate) ignore_unknown_arguments: bool,
    /// The time without progress after which a heartbeat is sent.
    pub(crate) heartbeat: Option<Duration>,
    /// The maximum size of an answer, in bytes.
    pub(crate) max_answer: Option<usize>,
    /// The number of JSON values that a message of any length may have.
    pub(crate) max_values: usize,
    /// The form of integers of 64 bits.
    pub(crate) wide_integers: WideIntegers,
    /// Checks structured content against the listed output schema.
    pub(crate) check_results: bool,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            strict_arguments: false,
            ignore_unknown_arguments: false,
            heartbeat: Some(HEARTBEAT),
            max_answer: None,
            max_values: 50_000,
            wide_integers: WideIntegers::Number,
            check_results: cfg!(debug_assertions),
        }
    }
}

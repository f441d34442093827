//! [`Entry`]: a server in the configuration of a host, and the changed configuration.

use serde_json::{Map, Value};

/// The change of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edited {
    pub(crate) text: String,
    /// `true` if the file had an entry of this name.
    pub(crate) had_entry: bool,
}

/// An entry of a configuration: the name and its value; `None` removes it.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: Option<Map<String, Value>>,
}

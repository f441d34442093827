//! [`SchemaLint`]: a part of a schema that a host may refuse or misread.

/// A part of a schema that a host may refuse or misread, although the schema is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaLint {
    /// The name of the rule in [`RULES`](crate::call::portable::rules::RULES).
    pub(crate) code: &'static str,
    /// The place in the schema, such as `order.items[]`; empty for the root.
    pub(crate) path: String,
    /// The behaviour of hosts, and the fix.
    pub(crate) message: String,
}

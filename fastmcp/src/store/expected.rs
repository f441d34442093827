//! [`Expected`]: the value that a write replaces.

/// The value that a write to a store replaces.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// Any value, or none.
    Anything,
    /// No value.
    Nothing,
    /// Exactly this value.
    Value(&'a [u8]),
}

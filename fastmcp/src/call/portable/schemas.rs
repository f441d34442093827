//! [`Schemas`]: the form in which a server lists its schemas.

/// The form in which a server lists the schemas of its tools, set with
/// [`FastMcp::schemas`](crate::FastMcp::schemas).
///
/// The form changes the lists alone. Both forms accept the same arguments, and return the same
/// results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Schemas {
    /// Schemas that all common hosts of models accept, which is the default; see the guide
    /// [`what_models_see`](crate::guide::what_models_see).
    #[default]
    Portable,
    /// The schemas as the types and attributes state them.
    Exact,
}

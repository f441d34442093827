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

/// The form of integers of 64 bits (`u64`, `i64`, `usize`, `isize`) in tools, set with
/// [`FastMcp::wide_integers`](crate::FastMcp::wide_integers).
///
/// JavaScript reads JSON numbers as floats, so hosts in it round integers above 2^53 without an error.
/// An integer whose schema limits it to 2^53 is a number in both forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum WideIntegers {
    /// Numbers, which is the default. Results with such integers are a
    /// [lint](crate::guide::what_models_see#wide-integer).
    #[default]
    Number,
    /// Strings of digits, such as `"18446744073709551615"`: in listed schemas and in results.
    /// Arguments may be numbers, too.
    Text,
}

/// How the schemas of one tool are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SchemaForm {
    pub(crate) schemas: Schemas,
    pub(crate) wide_integers: WideIntegers,
}

//! [`InvalidAuth`]: an error in the options of authorization.

/// An option of [`Auth`](super::Auth) or of a verifier that prevents the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{option}` is `{value}`, {problem}")]
#[non_exhaustive]
pub struct InvalidAuth {
    /// The option, as it is called in the program.
    pub option: &'static str,
    /// The value of the option.
    pub value: String,
    /// The problem and the fix.
    pub problem: String,
}

impl InvalidAuth {
    pub(crate) fn new(
        option: &'static str,
        value: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        Self {
            option,
            value: value.into(),
            problem: problem.into(),
        }
    }
}

//! [`ArgumentErrors`]: all invalid arguments of one call.

use std::fmt;

use crate::call::decode_error::DecodeError;

/// An error in one argument.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentError {
    /// A required argument is missing.
    Missing {
        /// The name of the argument.
        name: String,
    },
    /// The value does not fit the parameter's type.
    Invalid {
        /// The name of the argument.
        name: String,
        /// The place inside the value and the error message.
        error: DecodeError,
    },
    /// The handler has no parameter of this name.
    Unknown {
        /// The name that the client sent.
        name: String,
        /// The parameter with the most similar name.
        nearest: Option<&'static str>,
    },
    /// The parameter exists, but the server provides its value.
    Injected {
        /// The name of the parameter.
        name: String,
    },
}

impl ArgumentError {
    /// Returns the name of the argument.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Missing { name }
            | Self::Invalid { name, .. }
            | Self::Unknown { name, .. }
            | Self::Injected { name } => name,
        }
    }
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "{name}: required argument is missing"),
            Self::Invalid { name, error } => {
                let separator = if error.path.is_empty() || error.path.starts_with('[') {
                    ""
                } else {
                    "."
                };
                write!(f, "{name}{separator}{}: {}", error.path, error.message)
            }
            Self::Unknown {
                name,
                nearest: Some(nearest),
            } => {
                write!(f, "{name}: unknown argument; did you mean `{nearest}`?")
            }
            Self::Unknown {
                name,
                nearest: None,
            } => write!(f, "{name}: unknown argument"),
            Self::Injected { name } => {
                write!(f, "{name}: provided by the server; clients cannot send it")
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

/// All argument errors of one call. It is never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentErrors(pub(crate) Vec<ArgumentError>);

impl ArgumentErrors {
    /// Iterates over the errors in the order of the parameters; unknown arguments come last.
    pub fn iter(&self) -> impl Iterator<Item = &ArgumentError> {
        self.0.iter()
    }
}

impl fmt::Display for ArgumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ArgumentErrors {}

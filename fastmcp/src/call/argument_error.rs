//! The arguments of one call, and what was wrong with them.

use std::fmt;

use crate::call::decode_error::DecodeError;

/// One argument that a call could not be made with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentError {
    /// A required argument was not sent.
    Missing {
        /// The argument.
        name: String,
    },
    /// The value does not fit the parameter's type.
    Invalid {
        /// The argument.
        name: String,
        /// Where in the value, and why.
        error: DecodeError,
    },
    /// The handler has no parameter of this name.
    Unknown {
        /// What the client sent.
        name: String,
        /// The parameter whose name is nearest.
        nearest: Option<&'static str>,
    },
    /// The parameter exists, but its value is the server's to give.
    Injected {
        /// The parameter.
        name: String,
    },
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { name } => write!(f, "{name}: missing required argument"),
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
                write!(f, "{name}: not an argument; the server provides its value")
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

/// All that was wrong with the arguments of one call; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentErrors(pub(crate) Vec<ArgumentError>);

impl ArgumentErrors {
    /// Each error, in the order of the parameters; unknown arguments come last.
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

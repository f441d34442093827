//! The errors of one call of a handler.

use crate::call::argument_error::ArgumentErrors;
use crate::text::short_type_name;

/// The reason why a call of a handler failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// Arguments are missing, unknown or invalid.
    #[error(transparent)]
    Arguments(#[from] ArgumentErrors),
    /// A dependency could not be resolved.
    #[error(
        "parameter `{parameter}` of type `{}` could not be provided: {cause:#}",
        short_type_name(type_name)
    )]
    Dependency {
        /// The name of the parameter.
        parameter: &'static str,
        /// The type of the parameter.
        type_name: &'static str,
        /// The cause.
        cause: crate::error::Error,
    },
    /// The handler returned an error.
    #[error("{0:#}")]
    Failed(crate::error::Error),
    /// The value that the handler returned cannot be written as JSON.
    #[error("the handler's result cannot be written as JSON: {0}")]
    Output(#[from] serde_json::Error),
}

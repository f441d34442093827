//! The errors of `OpenAPI` documents, and the operations that are left out.

use std::fmt;

/// The error of an `OpenAPI` document, or of the options of [`OpenApi`](crate::openapi::OpenApi).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenApiError {
    /// The text is not JSON.
    #[error(
        "the OpenAPI document is not JSON: {message} (line {line}, column {column}); convert YAML to JSON, or parse \
         it and call `OpenApi::from_value`"
    )]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// The problem.
        message: String,
    },
    /// The text is too large.
    #[error(
        "the OpenAPI document has {bytes} bytes, and the limit is {limit}: remove what the server does not offer, or \
         parse it and call `OpenApi::from_value`"
    )]
    TooLarge {
        /// The length of the text in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The version is not 3.0 or 3.1.
    #[error(
        "the OpenAPI document has {found}, and 3.0 and 3.1 are supported: convert it, for example with \
         `npx swagger2openapi`"
    )]
    Version {
        /// The version that the document states.
        found: String,
    },
    /// A part of the document is invalid.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The address of the API is missing or invalid.
    #[error("the address of the API (`{url}`): {problem}; set it with `OpenApi::base_url`")]
    BaseUrl {
        /// The address.
        url: String,
        /// The problem.
        problem: String,
    },
    /// An option is invalid.
    #[error("OpenApi::{option}: {problem}")]
    Option {
        /// The name of the option.
        option: &'static str,
        /// The problem and the fix.
        problem: String,
    },
    /// Operations are left out of a [strict](crate::openapi::OpenApi::strict) API.
    #[error(
        "{count} operations cannot become tools, the first is {first}: correct the document, or leave the operation \
         out with `OpenApi::select`"
    )]
    Skipped {
        /// The number of operations.
        count: usize,
        /// The first operation and the reason.
        first: String,
    },
}

/// A fault of a document, at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the OpenAPI document is invalid at `{pointer}`: {problem}")]
#[non_exhaustive]
pub struct Fault {
    /// The place, a JSON pointer such as `/paths/~1pets/get`.
    pub pointer: String,
    /// The problem and the fix.
    pub problem: String,
}

impl Fault {
    pub(crate) fn new(pointer: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            problem: problem.into(),
        }
    }
}

/// An operation that is not offered, or one of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The HTTP method in capitals.
    pub method: String,
    /// The path, as the document states it.
    pub path: String,
    /// The optional parameter that is left out of the tool; `None` if there is no tool for the operation.
    pub parameter: Option<String>,
    /// The reason.
    pub reason: SkipReason,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some(parameter) = &self.parameter {
            write!(f, ", parameter `{parameter}`")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The reason why an operation or a parameter is left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SkipReason {
    /// The body has no media type that a tool can send.
    #[error(
        "the body is {}, and tools send JSON, forms, text and bytes", .0.join(" or ")
    )]
    Body(Vec<String>),
    /// The value of a parameter has a media type other than JSON.
    #[error("the value has the media type `{0}`, and tools send JSON")]
    Parameter(String),
    /// The method cannot be a tool.
    #[error("a tool cannot send {0} requests")]
    Method(String),
    /// The document has a fault.
    #[error(transparent)]
    Fault(#[from] Fault),
}

//! [`StoreError`]: the error of a store.

/// The error of a [`Store`](crate::Store).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The URL is invalid. The text does not repeat it, because it may contain a password.
    #[error("the URL of the store is invalid: {0}")]
    Url(String),
    /// The store cannot be reached, or has refused a command.
    #[error("the store cannot be used: {0}")]
    Unavailable(String),
    /// A value is larger than a store accepts.
    #[error("a value of {bytes} bytes is too large for the store; the limit is {max} bytes")]
    TooLarge {
        /// The size of the value.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The store in memory has no room for a value.
    #[error(
        "the store in memory is full ({max} bytes); remove values, or use a store in Redis with `FastMcp::store`"
    )]
    Full {
        /// The limit of all values together.
        max: usize,
    },
    /// A value was changed again and again by other calls while this call tried to update it.
    #[error(
        "the value `{name}` was changed by other calls {attempts} times during its update; try again"
    )]
    Contended {
        /// The name of the value.
        name: String,
        /// The number of attempts.
        attempts: u32,
    },
    /// A stored value does not fit the type that the handler asks for.
    #[error("the stored value `{name}` does not fit `{type_name}`: {reason}")]
    Mismatch {
        /// The name of the value.
        name: String,
        /// The type that the handler asks for.
        type_name: String,
        /// The reason.
        reason: String,
    },
    /// A value cannot be written as JSON.
    #[error("the value `{name}` of type `{type_name}` cannot be stored as JSON: {reason}")]
    Unserializable {
        /// The name of the value.
        name: String,
        /// The type of the value.
        type_name: String,
        /// The reason.
        reason: String,
    },
}

//! [`Failure`]: the error of a command, with the exit code of the program.

use std::fmt;

use crate::client::ClientError;
use crate::docket::error::DocketError;
use crate::server::error::{ServeError, StartError};
use crate::server::settings::SettingError;

/// The result of a command.
pub(crate) type CommandResult<T = ()> = Result<T, Failure>;

/// The exit code of a program whose command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// The answer is negative: a tool returned an error, there are lints, an execution failed.
    Negative = 1,
    /// The arguments of the command are invalid.
    Usage = 2,
    /// The server, its docket or a file cannot be used.
    Unavailable = 3,
    /// The user interrupted the command: 128 and the number of `SIGINT`.
    Interrupted = 130,
}

/// The error of a command.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    /// The message; empty if the command has printed everything itself.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn negative(message: impl fmt::Display) -> Self {
        Self::new(Code::Negative, message)
    }

    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Code::Usage, message)
    }

    pub(crate) fn unavailable(message: impl fmt::Display) -> Self {
        Self::new(Code::Unavailable, message)
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(Code::Interrupted, "interrupted")
    }

    /// A failure that the output of the command already shows.
    pub(crate) fn shown() -> Self {
        Self::new(Code::Negative, "")
    }

    fn new(code: Code, message: impl fmt::Display) -> Self {
        let message = message.to_string();
        Self { code, message }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::unavailable(error)
    }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::unavailable(error)
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::unavailable(error)
    }
}

/// A server that answers with an error has refused the request; any other error is one of the connection.
impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match &error {
            ClientError::Refused { .. } => Self::negative(error),
            _ => Self::unavailable(error),
        }
    }
}

impl From<DocketError> for Failure {
    fn from(error: DocketError) -> Self {
        match &error {
            DocketError::Failed { .. }
            | DocketError::Cancelled { .. }
            | DocketError::Dead { .. }
            | DocketError::Expired { .. }
            | DocketError::NoDeadLetter { .. } => Self::negative(error),
            DocketError::TooLarge { .. } | DocketError::Empty { .. } => Self::usage(error),
            _ => Self::unavailable(error),
        }
    }
}

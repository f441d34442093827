//! The payload of a task's execution: its arguments by name, as JSON.

use crate::background::arguments::Encoded;
use crate::background::task::{Arguments, Task};
use crate::docket::error::DocketError;
use crate::docket::model::submission::Submission;

/// Returns the submission of `T` with these arguments.
pub(crate) fn submission<T: Task>(arguments: Encoded) -> Result<Submission, DocketError> {
    let named = named::<T>(arguments)?;
    let submission = Submission::new(T::ENTRY.name, payload::<T>(&named)?);
    T::ENTRY.with_policy(submission, &named)
}

/// Returns the arguments of `T` by name. A later version of the program can then decode them even if the
/// order of the parameters has changed or optional ones were added.
pub(crate) fn named<T: Task>(arguments: Encoded) -> Result<Arguments, DocketError> {
    let parameters = T::ENTRY.parameters.iter().filter(|it| it.is_argument());
    let names = parameters.map(|parameter| parameter.name.to_owned());
    Ok(names.zip(arguments.map_err(payload_error::<T>)?).collect())
}

/// Encodes the arguments of `T` as the payload of an execution.
pub(crate) fn payload<T: Task>(named: &Arguments) -> Result<Vec<u8>, DocketError> {
    serde_json::to_vec(named).map_err(payload_error::<T>)
}

fn payload_error<T: Task>(error: serde_json::Error) -> DocketError {
    DocketError::Payload {
        task: T::ENTRY.name.into(),
        problem: error.to_string(),
    }
}

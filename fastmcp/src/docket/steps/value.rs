//! The values of steps and signals, as JSON.

use std::any::type_name;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::docket::error::DocketError;
use crate::docket::model::finite::to_json;

pub(crate) fn encode<T: Serialize>(
    step: &str,
    value: &T,
) -> std::result::Result<Bytes, DocketError> {
    to_json(value).map_err(|problem| step_value(step, format!("it cannot be written: {problem}")))
}

pub(crate) fn decode<T: DeserializeOwned>(
    step: &str,
    value: &[u8],
) -> std::result::Result<T, DocketError> {
    serde_json::from_slice(value).map_err(|error| {
        let problem = format!("it cannot be read as `{}`: {error}", type_name::<T>());
        step_value(step, problem)
    })
}

pub(crate) fn step_value(step: &str, problem: String) -> DocketError {
    DocketError::StepValue {
        step: step.to_owned(),
        problem,
    }
}

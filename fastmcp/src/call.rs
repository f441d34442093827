//! One call, from JSON arguments to the handler's function and back.

pub(crate) mod argument_error;
pub(crate) mod arguments;
pub(crate) mod classify;
pub(crate) mod constraints;
pub(crate) mod decode;
pub(crate) mod decode_error;
pub(crate) mod depends;
pub(crate) mod diagnostics;
pub(crate) mod error;
pub(crate) mod execution_scoped;
pub(crate) mod fault;
pub(crate) mod finite;
pub(crate) mod inject;
pub(crate) mod json;
pub(crate) mod parameter;
pub(crate) mod parameter_entry;
pub(crate) mod portable;
pub(crate) mod probe;
pub(crate) mod provider_value;
pub(crate) mod refused;
pub(crate) mod refused_parameters;
pub(crate) mod resolve;
pub(crate) mod returned;
pub(crate) mod schema;
pub(crate) mod source;
pub(crate) mod unmet;

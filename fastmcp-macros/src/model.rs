//! Validates syntax. Expansions rely on a model being valid and cannot fail.

pub(crate) mod allow;
pub(crate) mod annotations;
pub(crate) mod argument;
pub(crate) mod block;
pub(crate) mod completion;
pub(crate) mod constraints;
pub(crate) mod data;
pub(crate) mod depends;
pub(crate) mod field_limits;
pub(crate) mod handler;
pub(crate) mod kind;
pub(crate) mod limits;
pub(crate) mod metadata;
pub(crate) mod named_argument;
pub(crate) mod parameter;
pub(crate) mod passing;
pub(crate) mod policy;
pub(crate) mod prompt;
pub(crate) mod provider;
pub(crate) mod refused;
pub(crate) mod resource;
pub(crate) mod signature;
pub(crate) mod signature_rules;
pub(crate) mod task;
pub(crate) mod tool;
pub(crate) mod wire_name;

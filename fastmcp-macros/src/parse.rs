//! Tokens to syntax: the attribute's options, and the function that it stands on.

pub(crate) mod cfg;
pub(crate) mod doc;
pub(crate) mod function;
pub(crate) mod options;
pub(crate) mod uri;

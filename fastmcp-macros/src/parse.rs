//! Tokens to syntax: the attribute's options, and the function that it stands on.

pub(crate) mod doc;
pub(crate) mod duration;
pub(crate) mod function;
pub(crate) mod impl_block;
pub(crate) mod options;
pub(crate) mod uri;

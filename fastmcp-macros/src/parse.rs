//! Parses tokens into syntax: the options of an attribute, and the item with the attribute.

pub(crate) mod cfg;
pub(crate) mod cron;
pub(crate) mod doc;
pub(crate) mod duration;
pub(crate) mod function;
pub(crate) mod impl_block;
pub(crate) mod options;
pub(crate) mod origin;
pub(crate) mod size;
pub(crate) mod tokens;
pub(crate) mod uri;
pub(crate) mod uri_text;

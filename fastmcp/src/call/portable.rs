//! Rewrites JSON Schemas into the forms that model hosts accept.
//!
//! A host sends the schemas of all tools to its model with each request, and one schema that the
//! model's API refuses disables the whole server. [`rules`] lists what hosts refuse, with sources;
//! [`rewrite`] changes the schemas of arguments accordingly, and reports as
//! [`SchemaLint`](lint::SchemaLint)s what it can only approximate. Decoding does not change: values
//! that fit the original schema are still accepted.

pub(crate) mod choice;
pub(crate) mod defect;
pub(crate) mod enums;
pub(crate) mod inline;
pub(crate) mod lint;
pub(crate) mod malformed;
pub(crate) mod nodes;
pub(crate) mod nullable;
pub(crate) mod numbers;
pub(crate) mod objects;
pub(crate) mod output;
pub(crate) mod rewrite;
#[cfg_attr(
    not(test),
    allow(
        dead_code,
        reason = "documentation, which tests compare with the guide"
    )
)]
pub(crate) mod rules;
pub(crate) mod schemas;
pub(crate) mod size;
pub(crate) mod tagged;
pub(crate) mod tuple;
pub(crate) mod wording;

#[cfg(test)]
mod tests;

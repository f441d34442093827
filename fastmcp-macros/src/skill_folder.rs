//! Reads and checks folders of skills at compile time.
//!
//! The folder of these files is a link to the one of `fastmcp`, which has the tests: a crate of macros cannot export
//! functions, and must refuse what the server would refuse.
#![allow(
    dead_code,
    reason = "only the library reads the values of a frontmatter"
)]

pub(crate) mod check;
pub(crate) mod fault;
pub(crate) mod frontmatter;
pub(crate) mod limits;
pub(crate) mod scalar;
pub(crate) mod skills;
pub(crate) mod uri;
pub(crate) mod value;
pub(crate) mod walk;
pub(crate) mod yaml;

//! Reads and checks folders of skills, for the library at run time and for `#[skill]` at compile time.
//!
//! `fastmcp-macros/src/skill_folder` is a link to the folder of these files, because a crate of macros cannot export
//! functions and must refuse what the server would refuse. So they name neither crate, and import each other
//! relatively.

pub(crate) mod check;
pub(crate) mod fault;
pub(crate) mod frontmatter;
pub(crate) mod limits;
pub(crate) mod scalar;
pub(crate) mod skills;
#[cfg(test)]
mod tests;
pub(crate) mod uri;
pub(crate) mod value;
pub(crate) mod walk;
pub(crate) mod yaml;

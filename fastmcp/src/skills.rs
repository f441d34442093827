//! Skills: folders of instructions that hosts read when a task needs them (SEP-2640).
//!
//! The guide [`skills`](crate::guide::skills) has a complete server. [`FastMcp::skills`](crate::FastMcp::skills) serves
//! the skills of a directory, and [`#[skill]`](macro@crate::skill) embeds them into the program.

pub(crate) mod catalog;
pub(crate) mod content;
pub(crate) mod directory;
pub(crate) mod embedded;
pub(crate) mod error;
pub(crate) mod fingerprint;
pub(crate) mod json;
pub(crate) mod media_type;
pub(crate) mod part;
pub(crate) mod requests;
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod watch;

pub use crate::skill_folder::fault::{SkillFault, SkillProblem};
pub use crate::skills::catalog::SkillChanges;
pub use crate::skills::directory::SkillDirectory;
pub use crate::skills::error::SkillErrors;

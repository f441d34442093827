//! [`SkillErrors`]: the mistakes in the folders of a server's skills.

use crate::skill_folder::fault::SkillFault;
use crate::text::list;

/// The mistakes in the folders of a server's skills.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the skills have mistakes:{}", list(.0))]
pub struct SkillErrors(pub(crate) Vec<SkillFault>);

impl SkillErrors {
    /// Returns the mistakes, in the order of the files.
    pub fn faults(&self) -> &[SkillFault] {
        &self.0
    }
}

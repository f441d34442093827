//! [`SkillMismatch`]: the difference between a file of a skill and its manifest.

use std::fmt;

/// The reason why the file of a skill is not the one that its manifest describes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkillMismatch {
    /// The manifest does not list the file, or the skill is `dynamic` and has none.
    Unlisted,
    /// The file has another size.
    Size {
        /// The size in the manifest, in bytes.
        expected: u64,
        /// The size of the file, in bytes.
        actual: u64,
    },
    /// The file has another digest.
    Digest,
    /// The frontmatter of the file is not the one of the entry.
    Frontmatter,
    /// The server sent something else than one file.
    NotOneFile,
}

impl fmt::Display for SkillMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlisted => write!(f, "the manifest of the skill does not list the file"),
            Self::Size { expected, actual } => write!(
                f,
                "the file has {actual} bytes, and {expected} in the manifest"
            ),
            Self::Digest => write!(f, "the file has another digest than in the manifest"),
            Self::Frontmatter => write!(
                f,
                "the frontmatter of the file is not the one that the server listed"
            ),
            Self::NotOneFile => write!(f, "the server did not send one file"),
        }
    }
}

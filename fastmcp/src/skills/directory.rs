//! [`SkillDirectory`]: a directory of skills, with its options.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A directory of skills, for [`FastMcp::skills`](crate::FastMcp::skills).
///
/// Each folder with a `SKILL.md` is a skill, at any depth. A directory that has a `SKILL.md` itself is one skill.
///
/// ```
/// use std::time::Duration;
///
/// use fastmcp::skills::SkillDirectory;
///
/// let skills = SkillDirectory::new("skills")
///     .scopes(["support"])
///     .watch(Duration::from_secs(2));
/// # let _ = skills;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "pass it to `FastMcp::skills`"]
pub struct SkillDirectory {
    pub(crate) path: PathBuf,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) watch: Option<Duration>,
}

impl SkillDirectory {
    /// Creates the options of a directory. A relative path starts at the working directory of the process.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            tags: Vec::new(),
            scopes: Vec::new(),
            watch: None,
        }
    }

    /// Sets the tags of its skills, by which a [`Selection`](crate::Selection) can select them.
    pub fn tags(mut self, tags: impl IntoIterator<Item = &'static str>) -> Self {
        self.tags = tags.into_iter().collect();
        self
    }

    /// Sets the scopes that a caller over HTTP must have to see and read its skills.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = &'static str>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Looks for changes once in this time, at least every 100 ms, and loads the skills again after a change.
    ///
    /// A look compares the names, sizes and modification times of all files, and reads none. If the changed files have
    /// mistakes, they are logged, and the server goes on with the previous files. Without this option, only
    /// [`Server::reload_skills`](crate::Server::reload_skills) loads them again.
    pub fn watch(mut self, interval: Duration) -> Self {
        self.watch = Some(interval.max(Duration::from_millis(100)));
        self
    }
}

impl From<PathBuf> for SkillDirectory {
    fn from(path: PathBuf) -> Self {
        Self::new(path)
    }
}

impl From<&Path> for SkillDirectory {
    fn from(path: &Path) -> Self {
        Self::new(path)
    }
}

impl From<&str> for SkillDirectory {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for SkillDirectory {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

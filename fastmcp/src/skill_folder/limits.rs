//! The limits of skills: those of the specification, and those that bound the work of a start.

/// The name of the file that makes a folder a skill.
pub const SKILL_MD: &str = "SKILL.md";
/// The largest number of files in one skill (SEP-2640, limits).
pub const MAX_FILES: usize = 512;
/// The largest size of all files of one skill together, in bytes: 16 MiB (SEP-2640, limits).
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// The largest number of entries below one directory of skills. A server whose directory is `/` by mistake stops here.
pub const MAX_ENTRIES: usize = 100_000;
/// The deepest level of folders.
pub const MAX_DEPTH: usize = 32;
/// The deepest level of collections in a frontmatter.
pub const MAX_NESTING: usize = 32;
/// The largest number of characters of a name.
pub const MAX_NAME: usize = 64;
/// The largest number of characters of a description.
pub const MAX_DESCRIPTION: usize = 1024;
/// The largest number of characters of `compatibility`.
pub const MAX_COMPATIBILITY: usize = 500;

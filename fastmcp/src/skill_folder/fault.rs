//! [`SkillFault`]: a mistake in a folder of skills.

use std::fmt;
use std::path::{Path, PathBuf};

use super::limits::{
    MAX_BYTES, MAX_DEPTH, MAX_ENTRIES, MAX_FILES, MAX_NAME, MAX_NESTING, SKILL_MD,
};

/// A mistake in a folder of skills: the file, the line if one is at fault, and the problem with its fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillFault {
    /// The file or the folder.
    pub path: PathBuf,
    /// The line, starting at 1.
    pub line: Option<usize>,
    /// The problem.
    pub problem: SkillProblem,
}

impl SkillFault {
    /// Creates the fault of a whole file or folder.
    pub(crate) fn new(path: &Path, problem: SkillProblem) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            problem,
        }
    }

    /// Creates the fault of a line.
    pub(crate) fn at(path: &Path, (line, problem): (usize, SkillProblem)) -> Self {
        Self {
            path: path.to_owned(),
            line: Some(line),
            problem,
        }
    }
}

impl fmt::Display for SkillFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for SkillFault {}

/// The problem of a [`SkillFault`]. Its text contains the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkillProblem {
    /// The file or the folder cannot be read. Contains the message of the system.
    Unreadable(String),
    /// The folder does not exist.
    NoFolder,
    /// The folder contains no skill.
    NoSkill,
    /// The file has the name of the main file in other letters. Contains the name.
    MisspeltSkillMd(String),
    /// The name of the file is not UTF-8.
    NameNotUtf8,
    /// A symbolic link leads out of the directory.
    LinkLeadsOut,
    /// A symbolic link leads to a folder that contains it.
    LinkLoops,
    /// The entry is neither a file nor a folder.
    NotAFile,
    /// The directory has too many entries.
    TooManyEntries,
    /// The folders are too deep.
    TooDeep,
    /// The skill has too many files. Contains their number.
    TooManyFiles(usize),
    /// The files of the skill are too large. Contains the size of those that were read, in bytes.
    TooLarge(u64),
    /// The text is not UTF-8.
    NotUtf8,
    /// The file does not begin with a frontmatter.
    NoFrontmatter,
    /// The frontmatter has no end.
    UnclosedFrontmatter,
    /// The frontmatter is not valid YAML. Contains the message of the parser.
    Yaml(String),
    /// The frontmatter is not a mapping.
    NotAMapping,
    /// The frontmatter uses a feature of YAML that JSON does not have. Contains the name of the feature.
    Unsupported(&'static str),
    /// A key occurs twice. Contains the key.
    DuplicateKey(String),
    /// A key is not text. Contains the key.
    KeyNotText(String),
    /// A number is too large, infinite or not a number. Contains the number.
    NotFinite(String),
    /// Collections are nested too deeply.
    TooNested,
    /// A required field is missing. Contains the name of the field.
    MissingField(&'static str),
    /// A field has a value that the specification does not allow.
    Field {
        /// The name of the field.
        field: String,
        /// The rule and the fix.
        rule: String,
    },
    /// The name of the skill is not the name of its folder.
    NameOfFolder {
        /// The name in the frontmatter.
        name: String,
        /// The name of the folder.
        folder: String,
    },
    /// Another skill or resource of the server has the same URI.
    DuplicateUri {
        /// The URI.
        uri: String,
        /// The other place.
        other: String,
    },
}

impl fmt::Display for SkillProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot be read: {error}"),
            Self::NoFolder => write!(f, "no such folder; create it, or correct the path"),
            Self::NoSkill => write!(
                f,
                "no skill found; a skill is a folder with a {SKILL_MD}, such as `refunds/{SKILL_MD}`"
            ),
            Self::MisspeltSkillMd(name) => {
                write!(
                    f,
                    "the file of a skill is named {SKILL_MD}; rename `{name}`"
                )
            }
            Self::NameNotUtf8 => write!(f, "the name is not UTF-8; rename the file"),
            Self::LinkLeadsOut => write!(
                f,
                "the symbolic link leads out of the directory of skills; replace it with the file"
            ),
            Self::LinkLoops => write!(
                f,
                "the symbolic link leads to a folder that contains it; remove it"
            ),
            Self::NotAFile => write!(
                f,
                "neither a file nor a folder; move it out of the directory of skills"
            ),
            Self::TooManyEntries => write!(
                f,
                "more than {MAX_ENTRIES} entries; name a directory that contains only skills"
            ),
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} levels of folders"),
            Self::TooManyFiles(files) => write!(
                f,
                "the skill has {files} files, and hosts need to accept only {MAX_FILES}; split the skill"
            ),
            Self::TooLarge(bytes) => write!(
                f,
                "the skill has at least {bytes} bytes, and hosts need to accept only {MAX_BYTES} (16 MiB); split the skill"
            ),
            Self::NotUtf8 => write!(f, "not UTF-8; save the file in this encoding"),
            Self::NoFrontmatter => write!(
                f,
                "no frontmatter; begin the file with the lines `---`, `name: …`, `description: …` and `---`"
            ),
            Self::UnclosedFrontmatter => write!(
                f,
                "the frontmatter has no end; write a line `---` after its last field"
            ),
            Self::Yaml(error) => write!(f, "invalid YAML: {error}"),
            Self::NotAMapping => write!(
                f,
                "the frontmatter is not a mapping; write fields such as `name: refunds`"
            ),
            Self::Unsupported(feature) => write!(
                f,
                "hosts cannot compare {feature} with JSON; write the value itself"
            ),
            Self::DuplicateKey(key) => write!(f, "the key `{key}` occurs twice; remove one"),
            Self::KeyNotText(key) => {
                write!(f, "the key `{key}` is not text; write it in quotes")
            }
            Self::NotFinite(number) => write!(
                f,
                "JSON has no number `{number}`; write it in quotes if it is text"
            ),
            Self::TooNested => write!(f, "more than {MAX_NESTING} levels of collections"),
            Self::MissingField(field) => {
                write!(f, "the frontmatter has no field `{field}`; add it")
            }
            Self::Field { field, rule } => write!(f, "`{field}` {rule}"),
            Self::NameOfFolder { name, folder } => write!(
                f,
                "the skill is named `{name}`, and its folder `{folder}`; give both the same name, with at most {MAX_NAME} characters"
            ),
            Self::DuplicateUri { uri, other } => write!(
                f,
                "{other} has the same URI `{uri}`; rename or remove one of them"
            ),
        }
    }
}

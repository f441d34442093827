//! [`Frontmatter`]: the fields at the start of a `SKILL.md`.

use super::check;
use super::fault::SkillProblem;
use super::value::{Field, Value};
use super::yaml::{self, Problem};

/// The checked fields at the start of a `SKILL.md`.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontmatter {
    /// All fields, in their order.
    pub fields: Vec<Field>,
    /// The name of the skill.
    pub name: String,
    /// The description of the skill.
    pub description: String,
}

impl Frontmatter {
    /// Reads the `SKILL.md` in the folder at this path, whose last segment must be the name of the skill.
    pub fn of_folder(folder: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let frontmatter = Self::read(bytes)?;
        let folder = folder.rsplit('/').next().unwrap_or_default();
        if frontmatter.name == folder {
            return Ok(frontmatter);
        }
        let line = frontmatter.fields.iter().find(|it| it.key == "name");
        let problem = SkillProblem::NameOfFolder {
            name: frontmatter.name.clone(),
            folder: folder.to_owned(),
        };
        Err(vec![(line.map_or(1, |it| it.line), problem)])
    }

    /// Reads the bytes of a `SKILL.md`. Returns the problems with their lines, starting at 1.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let one = |problem| vec![problem];
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = before.split(|it| *it == b'\n').count();
            one((line, SkillProblem::NotUtf8))
        })?;
        let root = yaml::read(source(text).map_err(one)?).map_err(one)?;
        let Value::Map(fields) = root.value else {
            return Err(one((root.line, SkillProblem::NotAMapping)));
        };
        let problems = check::fields(&fields);
        if !problems.is_empty() {
            return Err(problems);
        }
        let text = |key: &str| {
            let field = fields.iter().find(|it| it.key == key);
            let text = field.and_then(|it| it.node.value.as_text());
            text.unwrap_or_default().to_owned()
        };
        Ok(Self {
            name: text("name"),
            description: text("description"),
            fields,
        })
    }
}

/// Returns the first mark and the YAML up to the second one. To YAML, the first mark is the start of a document, so that
/// lines count from the start of the file.
fn source(text: &str) -> Result<&str, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_mark = |line: &str| line.trim_end_matches(['\r', '\n', ' ', '\t']) == "---";
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| is_mark(line));
    let first = first.ok_or((1, SkillProblem::NoFrontmatter))?;
    let mut end = first.len();
    for line in lines {
        if is_mark(line) {
            return Ok(&text[..end]);
        }
        end += line.len();
    }
    Err((1, SkillProblem::UnclosedFrontmatter))
}

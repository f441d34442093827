//! Finds the skills in a folder, with their frontmatter.

use std::collections::BTreeMap;
use std::path::Path;

use super::fault::SkillFault;
use super::frontmatter::Frontmatter;
use super::limits::SKILL_MD;
use super::uri;
use super::walk::Folder;

/// The frontmatters of skills, by the paths of their folders.
pub type Skills = BTreeMap<String, Frontmatter>;

/// Reads a directory, and checks its skills. All faults are reported together.
pub fn read(directory: &Path) -> Result<(Folder, Skills), Vec<SkillFault>> {
    let (folder, mut faults) = Folder::read(directory);
    match skills(&folder) {
        Ok(skills) if faults.is_empty() => Ok((folder, skills)),
        Ok(_) => Err(faults),
        Err(more) => {
            faults.extend(more);
            Err(faults)
        }
    }
}

/// Returns all skills, also those in the folders of others.
pub fn skills(folder: &Folder) -> Result<Skills, Vec<SkillFault>> {
    let mut skills = Skills::new();
    let mut faults = Vec::new();
    for file in &folder.files {
        let Some((path, SKILL_MD)) = file.path.rsplit_once('/') else {
            continue;
        };
        match Frontmatter::of_folder(path, &file.bytes) {
            Ok(frontmatter) => drop(skills.insert(path.to_owned(), frontmatter)),
            Err(problems) => {
                let problems = problems.into_iter();
                faults.extend(problems.map(|it| SkillFault::at(&file.source, it)));
            }
        }
    }
    if faults.is_empty() {
        Ok(skills)
    } else {
        Err(faults)
    }
}

/// Returns the skills that are in no other one.
pub fn outermost(skills: &Skills) -> impl Iterator<Item = (&String, &Frontmatter)> {
    let is_outermost = |folder: &str| ancestors(folder).all(|it| !skills.contains_key(it));
    skills
        .iter()
        .filter(move |(folder, _)| is_outermost(folder))
}

/// Returns the paths of the folders around a file or a folder, from the outermost.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// Returns the URI of the `SKILL.md` in a folder.
pub fn main_uri(folder: &str) -> String {
    uri::of_path(&format!("{folder}/{SKILL_MD}"))
}

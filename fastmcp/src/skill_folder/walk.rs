//! [`Folder`]: the files of the skills below a directory, read once.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::fault::{SkillFault, SkillProblem};
use super::limits::{MAX_BYTES, MAX_DEPTH, MAX_ENTRIES, MAX_FILES, SKILL_MD};

/// The files and folders of the skills below a directory. Paths are relative to the directory, with slashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// The files of skills, sorted by path.
    pub files: Vec<FolderFile>,
    /// The paths of the folders in skills, with the folders of the skills themselves.
    pub folders: Vec<String>,
}

/// A file of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// The path below the directory, with slashes.
    pub path: String,
    /// The place of the file, for error messages.
    pub source: PathBuf,
    /// The contents.
    pub bytes: Vec<u8>,
}

impl Folder {
    /// Reads the directory. If it is itself the folder of a skill, its name is the first segment of all paths. Returns what
    /// could be read, and the faults.
    pub fn read(directory: &Path) -> (Self, Vec<SkillFault>) {
        let unreadable = |error: std::io::Error| {
            let problem = match error.kind() {
                ErrorKind::NotFound => SkillProblem::NoFolder,
                _ => SkillProblem::Unreadable(error.to_string()),
            };
            (Self::default(), vec![SkillFault::new(directory, problem)])
        };
        let root = match fs::canonicalize(directory) {
            Ok(root) => root,
            Err(error) => return unreadable(error),
        };
        if let Err(error) = fs::read_dir(&root) {
            return unreadable(error);
        }
        let mut walk = Walk {
            root: &root,
            folder: Self::default(),
            faults: Vec::new(),
            entries: 0,
            full: None,
        };
        let is_skill = root.join(SKILL_MD).exists();
        let name = root.file_name().and_then(|it| it.to_str());
        let prefix = match (is_skill, name) {
            (true, Some(name)) => name.to_owned(),
            (true, None) => {
                let fault = SkillFault::new(directory, SkillProblem::NameNotUtf8);
                return (Self::default(), vec![fault]);
            }
            (false, _) => String::new(),
        };
        walk.directory(&Place {
            source: directory.to_owned(),
            real: vec![root.clone()],
            path: prefix,
            skill: None,
        });
        let Walk {
            mut folder,
            mut faults,
            ..
        } = walk;
        if folder.files.is_empty() && faults.is_empty() {
            faults.push(SkillFault::new(directory, SkillProblem::NoSkill));
        }
        folder.files.sort_by(|a, b| a.path.cmp(&b.path));
        folder.folders.sort();
        (folder, faults)
    }
}

/// A folder that is read.
struct Place {
    /// The path for error messages.
    source: PathBuf,
    /// The real paths of the folder and of those around it.
    real: Vec<PathBuf>,
    /// The path below the directory.
    path: String,
    /// The index of the first file of the outermost skill around the folder.
    skill: Option<usize>,
}

/// An entry of a folder.
struct Entry {
    name: String,
    source: PathBuf,
    /// The real path.
    real: PathBuf,
    metadata: fs::Metadata,
}

struct Walk<'a> {
    root: &'a Path,
    folder: Folder,
    faults: Vec<SkillFault>,
    entries: usize,
    /// The skill that is too large, so that its other files are not read.
    full: Option<usize>,
}

impl Walk<'_> {
    fn fault(&mut self, path: &Path, problem: SkillProblem) {
        self.faults.push(SkillFault::new(path, problem));
    }

    fn directory(&mut self, place: &Place) {
        let Some(entries) = self.entries(place) else {
            return;
        };
        let is_skill = entries
            .iter()
            .any(|it| it.name == SKILL_MD && it.metadata.is_file());
        let misspelt = entries.iter().find(|it| {
            !is_skill && it.metadata.is_file() && it.name.eq_ignore_ascii_case(SKILL_MD)
        });
        if let Some(entry) = misspelt {
            let problem = SkillProblem::MisspeltSkillMd(entry.name.clone());
            self.fault(&entry.source, problem);
        }
        let first = self.folder.files.len();
        let skill = place.skill.or(is_skill.then_some(first));
        if skill.is_some() {
            self.folder.folders.push(place.path.clone());
        }
        let mut folders = Vec::new();
        for entry in entries {
            if entry.metadata.is_dir() {
                folders.push(entry);
            } else if let Some(skill) = skill
                && !self.file(place, &entry, skill)
            {
                return;
            }
        }
        for entry in folders {
            if place.real.contains(&entry.real) {
                self.fault(&entry.source, SkillProblem::LinkLoops);
                continue;
            }
            if place.real.len() >= MAX_DEPTH {
                self.fault(&entry.source, SkillProblem::TooDeep);
                continue;
            }
            let mut real = place.real.clone();
            real.push(entry.real);
            self.directory(&Place {
                path: join(&place.path, &entry.name),
                source: entry.source,
                real,
                skill,
            });
        }
    }

    /// Returns the entries that are not hidden, sorted by name; `None` if there are too many.
    fn entries(&mut self, place: &Place) -> Option<Vec<Entry>> {
        let folder = place.real.last().map_or(self.root, |it| it);
        let listed = match fs::read_dir(folder) {
            Ok(listed) => listed,
            Err(error) => {
                self.fault(&place.source, SkillProblem::Unreadable(error.to_string()));
                return None;
            }
        };
        let mut entries = Vec::new();
        for entry in listed {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                if self.entries == MAX_ENTRIES + 1 {
                    self.fault(&place.source, SkillProblem::TooManyEntries);
                }
                return None;
            }
            match entry {
                Ok(entry) => entries.extend(self.entry(place, &entry)),
                Err(error) => {
                    self.fault(&place.source, SkillProblem::Unreadable(error.to_string()));
                }
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Some(entries)
    }

    fn entry(&mut self, place: &Place, entry: &fs::DirEntry) -> Option<Entry> {
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            return None;
        }
        let source = place.source.join(&name);
        let found = entry.file_type().and_then(|kind| {
            let real = entry.path();
            let real = if kind.is_symlink() {
                fs::canonicalize(real)?
            } else {
                real
            };
            let metadata = fs::metadata(&real)?;
            Ok((real, metadata))
        });
        let (real, metadata) = match found {
            Ok(found) => found,
            Err(error) => {
                self.fault(&source, SkillProblem::Unreadable(error.to_string()));
                return None;
            }
        };
        if !real.starts_with(self.root) {
            self.fault(&source, SkillProblem::LinkLeadsOut);
            return None;
        }
        let Ok(name) = name.into_string() else {
            self.fault(&source, SkillProblem::NameNotUtf8);
            return None;
        };
        Some(Entry {
            name,
            source,
            real,
            metadata,
        })
    }

    /// Reads a file of a skill. Returns `false` if the skill is too large.
    fn file(&mut self, place: &Place, entry: &Entry, skill: usize) -> bool {
        if self.full == Some(skill) {
            return false;
        }
        // Opening a pipe would wait for its writer.
        if !entry.metadata.is_file() {
            self.fault(&entry.source, SkillProblem::NotAFile);
            return true;
        }
        let files = &self.folder.files[skill..];
        let count = files.len() + 1;
        if count > MAX_FILES {
            self.fault(&place.source, SkillProblem::TooManyFiles(count));
            self.full = Some(skill);
            return false;
        }
        let before: u64 = files.iter().map(|it| it.bytes.len() as u64).sum();
        let left = MAX_BYTES - before;
        let mut bytes = Vec::new();
        // The file may grow while it is read.
        let read = fs::File::open(&entry.real)
            .and_then(|file| file.take(left + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            self.fault(&entry.source, SkillProblem::Unreadable(error.to_string()));
            return true;
        }
        let size = bytes.len() as u64;
        if size > left {
            self.fault(&entry.source, SkillProblem::TooLarge(before + size));
            self.full = Some(skill);
            return false;
        }
        self.folder.files.push(FolderFile {
            path: join(&place.path, &entry.name),
            source: entry.source.clone(),
            bytes,
        });
        true
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}

//! [`Sources`]: the files that a build reads, and the changes of them.
//!
//! The compiler lists every file that it has read in a file next to the program, including those of `include_str!`
//! and of other packages in the workspace. The list is short and exact, so their modification times are compared
//! every [`INTERVAL`]: this also works for the network drives and container mounts that announce no changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::dev::dep_info::dep_info;
use crate::dev::project::Project;

/// The time between two comparisons, and the time without a change after which a build starts: an editor writes
/// several files one after the other.
const INTERVAL: Duration = Duration::from_millis(40);

/// The modification time and the length of a file.
type Time = (SystemTime, u64);

/// The files that a build reads.
#[derive(Debug)]
pub(super) struct Sources {
    /// `None` for a file that does not exist.
    times: BTreeMap<PathBuf, Option<Time>>,
}

impl Sources {
    /// Reads the list of files and their times. After a build that has failed, new files in their directories count
    /// too: the compiler may have missed one.
    pub(super) async fn read(project: &Project, failed: bool) -> Self {
        let project = project.clone();
        let read = move || {
            let mut paths: BTreeSet<PathBuf> = dep_info(&project.executable).into_iter().collect();
            paths.retain(|path| !is_output(path, &project));
            if paths.is_empty() || failed {
                paths.extend(rust_files(&project.directory.join("src")));
            }
            paths.extend(project.manifests.iter().cloned());
            if failed {
                let directories: Vec<PathBuf> = paths
                    .iter()
                    .filter_map(|it| Some(it.parent()?.to_owned()))
                    .collect();
                paths.extend(directories);
            }
            let times = paths.into_iter().map(|path| (path.clone(), time(&path)));
            times.collect()
        };
        let times = tokio::task::spawn_blocking(read).await.unwrap_or_default();
        Self { times }
    }

    /// Reads the list of files again after a build. Files that have changed since the build began still count as
    /// changed.
    pub(super) async fn refresh(self, project: &Project, failed: bool) -> Self {
        let mut read = Self::read(project, failed).await;
        for (path, time) in self.times {
            // Cargo itself has written the lock file.
            if path.ends_with("Cargo.lock") {
                continue;
            }
            if let Some(now) = read.times.get_mut(&path) {
                *now = time;
            }
        }
        read
    }

    /// Returns the moment of the last change.
    pub(super) fn last_change(&self) -> Option<SystemTime> {
        self.times.values().flatten().map(|(time, _)| *time).max()
    }

    pub(super) fn len(&self) -> usize {
        self.times.len()
    }

    /// Returns whether a file is newer than the program.
    pub(super) fn is_newer_than(&self, executable: &Path) -> bool {
        let built = std::fs::metadata(executable).and_then(|it| it.modified());
        let Ok(built) = built else { return true };
        self.times.values().flatten().any(|(time, _)| *time > built)
    }

    /// Waits until a file has changed, and then until no file changes any more. Returns the changed files.
    pub(super) async fn changed(&self) -> Vec<PathBuf> {
        let paths: Arc<Vec<PathBuf>> = Arc::new(self.times.keys().cloned().collect());
        let mut before: Vec<Option<Time>> = self.times.values().copied().collect();
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        loop {
            tokio::time::sleep(INTERVAL).await;
            let read = Arc::clone(&paths);
            let read = move || read.iter().map(|path| time(path)).collect::<Vec<_>>();
            let Ok(now) = tokio::task::spawn_blocking(read).await else {
                continue;
            };
            if now == before && !changed.is_empty() {
                return changed.into_iter().collect();
            }
            let times = before.iter().zip(&now).zip(&*paths);
            let new = times.filter(|((before, now), _)| before != now);
            changed.extend(new.map(|(_, path)| path.clone()));
            before = now;
        }
    }
}

/// Returns whether a build writes the file. A package may itself be in the output of another one.
fn is_output(path: &Path, project: &Project) -> bool {
    let output = &project.target_directory;
    let is_inside = project.directory.starts_with(output) && path.starts_with(&project.directory);
    path.starts_with(output) && !is_inside
}

fn time(path: &Path) -> Option<Time> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_build_is_no_source() {
        let project = |directory: &str| Project {
            build: Vec::new(),
            directory: directory.into(),
            name: String::new(),
            executable: PathBuf::new(),
            manifests: Vec::new(),
            target_directory: "/w/target".into(),
        };
        let usual = project("/w");
        assert!(is_output(
            Path::new("/w/target/debug/build/x/out/a.rs"),
            &usual
        ));
        assert!(!is_output(Path::new("/w/src/main.rs"), &usual));
        assert!(!is_output(
            Path::new("/w/target/tmp/x/src/main.rs"),
            &project("/w/target/tmp/x")
        ));
    }
}

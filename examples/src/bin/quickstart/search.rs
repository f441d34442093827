//! Finds text files and counts matches in them.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The maximum size of a file. Larger files are skipped, because they are rarely written by hand.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Returns the files below `root` in order, without hidden files and build output. A directory that cannot
/// be read is skipped, unless it is `root` itself.
pub fn text_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(root)?.collect();
    while let Some(entry) = entries.pop() {
        let Ok(entry) = entry else { continue };
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        }
        // Do not follow symbolic links, which could form a cycle.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        if metadata.is_dir() {
            entries.extend(fs::read_dir(entry.path()).into_iter().flatten());
        } else if metadata.is_file() && metadata.len() <= LARGEST {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Counts the occurrences of `query` in `text`, ignoring case.
pub fn count(text: &str, query: &str) -> usize {
    text.to_lowercase().matches(&query.to_lowercase()).count()
}

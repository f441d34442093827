//! Finds text files, and counts what stands in them.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// Files larger than this are no text that a person wrote.
const LARGEST: u64 = 4 * 1024 * 1024;

/// The files below `root`, without hidden ones and build output, in order. A directory that cannot
/// be read is passed over, unless it is `root` itself.
pub fn text_files(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(root)?.collect();
    while let Some(entry) = entries.pop() {
        let Ok(entry) = entry else { continue };
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        }
        // A link is not followed: it could lead back up.
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

/// How often `query` stands in `text`, in upper or lower case.
pub fn count(text: &str, query: &str) -> usize {
    text.to_lowercase().matches(&query.to_lowercase()).count()
}

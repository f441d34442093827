//! [`Fingerprint`]: the state of watched directories of skills, without the contents of their files.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use crate::skill_folder::limits::{MAX_DEPTH, MAX_ENTRIES};
use crate::skills::source::Source;

/// The names, sizes and modification times of all files in the watched directories, as a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// Blocks the thread.
    pub(crate) fn take(sources: &[Source]) -> Self {
        let mut hasher = DefaultHasher::new();
        let mut entries = 0;
        for (directory, _) in sources.iter().filter_map(Source::watched) {
            hash(directory, 0, &mut entries, &mut hasher);
        }
        Self(hasher.finish())
    }
}

/// Adds a directory. What cannot be read counts as empty: then reading the skills reports the error.
fn hash(directory: &Path, depth: usize, entries: &mut usize, hasher: &mut DefaultHasher) {
    let listed = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut paths: Vec<_> = listed
        .filter(|it| !it.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|it| it.path())
        .take(MAX_ENTRIES - *entries)
        .collect();
    *entries += paths.len();
    paths.sort();
    for path in paths {
        path.hash(hasher);
        // Of a link, the target.
        let Ok(metadata) = fs::metadata(&path) else {
            continue;
        };
        metadata.is_dir().hash(hasher);
        if metadata.is_dir() {
            if depth < MAX_DEPTH {
                hash(&path, depth + 1, entries, hasher);
            }
        } else {
            metadata.len().hash(hasher);
            metadata.modified().ok().hash(hasher);
        }
    }
}

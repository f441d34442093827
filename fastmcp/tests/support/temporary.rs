//! Paths of temporary files.

use std::path::PathBuf;
use std::sync::LazyLock;

/// Returns a new path in a directory of this test, which its next run empties.
pub(crate) fn file(name: &str) -> PathBuf {
    static DIRECTORY: LazyLock<PathBuf> = LazyLock::new(|| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(env!("CARGO_CRATE_NAME"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("the directory can be created");
        path
    });
    DIRECTORY.join(format!("{name}-{:016x}.db", fastrand::u64(..)))
}

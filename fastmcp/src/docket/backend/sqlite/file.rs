//! The file of a docket on disk: whether it is still the one that was opened, and whether its file system is suitable.

use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::docket::backend::sqlite::failure::FileProblem;

/// Identifies a file on this machine, whatever its name.
type Identity = (u64, u64);

/// The files of an open database.
#[derive(Debug, Default)]
pub(super) struct OpenFiles {
    database: Option<Identity>,
    log: Option<Identity>,
}

/// The difference between the files on disk and the open ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// Another file has replaced the database.
    Replaced,
    /// The write-ahead log is missing, or is another file.
    LogLost,
}

impl OpenFiles {
    /// Remembers the files after the first transactions of a connection, until the log exists.
    pub(super) fn remember(&mut self, path: &Path) {
        if self.log.is_none() {
            self.database = identity(path);
            self.log = identity(&log_of(path));
        }
    }

    /// Compares the files on disk with the open ones. SQLite itself does not: it continues to write to deleted files,
    /// and that data is lost.
    pub(super) fn check(&self, path: &Path) -> Result<Option<Change>, FileProblem> {
        let Some(database) = self.database else {
            return Ok(None);
        };
        match identity(path) {
            None => return Err(FileProblem::Deleted),
            Some(present) if present != database => return Ok(Some(Change::Replaced)),
            Some(_) => {}
        }
        let is_log_lost = self.log.is_some() && identity(&log_of(path)) != self.log;
        Ok(is_log_lost.then_some(Change::LogLost))
    }
}

/// Returns the path of the write-ahead log.
pub(super) fn log_of(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

/// Returns the path with `suffix` at its end.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn identity(path: &Path) -> Option<Identity> {
    std::fs::metadata(path).ok().as_ref().map(number)
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Without inode numbers, only a missing file is detected. Windows does not delete open files.
#[cfg(not(unix))]
fn number(_: &Metadata) -> Identity {
    (0, 0)
}

/// File systems on which several machines may have the file open. SQLite's write-ahead log needs shared memory, which
/// machines do not share, and the locks of some of them do not work.
const NETWORK: &[&str] = &[
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.glusterfs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "gfs2",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
];

/// Refuses a file on a network file system. Only Linux lists the types of its file systems as text.
pub(super) fn check_file_system(path: &Path) -> Result<(), FileProblem> {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else {
        return Ok(());
    };
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Ok(directory) = directory.canonicalize() else {
        return Ok(());
    };
    match file_system(&mounts, &directory) {
        Some(kind) if NETWORK.contains(&kind) => Err(FileProblem::NetworkFileSystem {
            kind: kind.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Returns the type of the file system of a directory, from the lines of `/proc/self/mountinfo` (proc(5)).
fn file_system<'a>(mounts: &'a str, directory: &Path) -> Option<&'a str> {
    mounts
        .lines()
        .filter_map(|line| {
            let (before, after) = line.split_once(" - ")?;
            let point = before.split(' ').nth(4)?.replace("\\040", " ");
            let kind = after.split(' ').next()?;
            directory.starts_with(&point).then_some((point.len(), kind))
        })
        // Of mounts on the same directory, the last one is visible.
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_point_decides() {
        let mounts = "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n\
                      30 22 0:40 / /mnt/team\\040share rw shared:9 master:2 - nfs4 host:/export rw\n\
                      31 30 0:41 / /mnt/team\\040share/local rw - tmpfs none rw";
        for (directory, kind) in [
            ("/home", "ext4"),
            ("/mnt/team", "ext4"),
            ("/mnt/team share/jobs", "nfs4"),
            ("/mnt/team share/local/jobs", "tmpfs"),
        ] {
            let found = file_system(mounts, Path::new(directory));
            assert_eq!(found, Some(kind), "{directory}");
        }
    }
}

//! Reads and writes files of the user.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::failure::{CommandResult, Failure};

fn failure(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::unavailable(format!("cannot {what} {}: {error}", path.display()))
}

/// Returns the text of a file, or an empty text if there is none.
pub(crate) fn read(path: &Path) -> CommandResult<String> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(failure(path, "read", &error)),
    }
}

/// Returns the bytes of a file.
pub(crate) fn read_bytes(path: &Path) -> CommandResult<Vec<u8>> {
    fs::read(path).map_err(|error| failure(path, "read", &error))
}

/// Writes a file, and creates its directory.
pub(crate) fn write(path: &Path, contents: &[u8]) -> CommandResult {
    create_parent(path)?;
    fs::write(path, contents).map_err(|error| failure(path, "write", &error))
}

fn create_parent(path: &Path) -> CommandResult {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => {
            fs::create_dir_all(parent).map_err(|error| failure(parent, "create", &error))
        }
        _ => Ok(()),
    }
}

/// Replaces the text of a file, and returns the copy of the previous text, if there was one.
///
/// The new text is written beside the file and then renamed, so that a host that reads the file finds the previous or the
/// new text. The file keeps its permissions, and a symbolic link stays one.
pub(crate) fn replace(path: &Path, text: &str) -> CommandResult<Option<PathBuf>> {
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    create_parent(path)?;
    let with_suffix = |suffix: &str| {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(suffix);
        path.with_file_name(name)
    };
    let backup = path.exists().then(|| with_suffix(".bak"));
    if let Some(backup) = &backup {
        fs::copy(path, backup).map_err(|error| failure(backup, "write", &error))?;
    }
    let new = with_suffix(".new");
    fs::write(&new, text).map_err(|error| failure(&new, "write", &error))?;
    let permissions = match fs::metadata(path) {
        Ok(metadata) => fs::set_permissions(&new, metadata.permissions()),
        // It may contain access tokens of other servers later.
        Err(_) => only_for_owner(&new),
    };
    permissions
        .and_then(|()| fs::rename(&new, path))
        .map_err(|error| {
            let _ = fs::remove_file(&new);
            failure(path, "write", &error)
        })?;
    Ok(backup)
}

#[cfg(unix)]
fn only_for_owner(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn only_for_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes a file executable.
#[cfg(unix)]
pub(crate) fn make_executable(path: &Path) -> CommandResult {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(|error| failure(path, "change", &error))
}

/// Makes a file executable: its extension does that.
#[cfg(not(unix))]
pub(crate) fn make_executable(_: &Path) -> CommandResult {
    Ok(())
}

//! The address of a docket in a file, and its durability.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// The durability of a docket in a file: the failures that stored calls survive.
///
/// ```
/// use fastmcp::docket::{Docket, Durability};
///
/// let docket = Docket::builder("jobs").durability(Durability::Process).sqlite("jobs.db")?;
/// // The same as a URL:
/// let docket = Docket::builder("jobs").url("sqlite://jobs.db?durability=process")?;
/// # let _ = docket;
/// # Ok::<(), fastmcp::docket::DocketError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// Everything survives a power cut or a crash of the operating system. The disk is synchronized for each
    /// transaction, and the calls that arrive meanwhile share the next transaction.
    #[default]
    Power,
    /// Everything survives the end of every process, including `kill -9`. A power cut can undo the latest calls, but
    /// the file stays consistent. Several times faster than `Power`.
    Process,
}

/// The parsed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) path: PathBuf,
    /// `None` if the URL does not name it.
    pub(crate) durability: Option<Durability>,
}

impl Address {
    /// Parses `sqlite://path?durability=power|process`. The error describes the problem.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let rest = url.strip_prefix("sqlite://").unwrap_or(url);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = percent_decode_str(path)
            .decode_utf8()
            .map_err(|_| "the path is not UTF-8 after its `%` sequences are decoded")?;
        let path = windows_path(&path);
        if path.is_empty() || path.ends_with('/') {
            return Err("`sqlite://` needs the path of a file, as in `sqlite://tasks.db` or `sqlite:///var/lib/tasks.db`".into());
        }
        if path == ":memory:" {
            return Err("use `memory://` for a docket in memory".into());
        }
        let mut durability = None;
        for option in query.split('&').filter(|option| !option.is_empty()) {
            durability = Some(match option {
                "durability=power" => Durability::Power,
                "durability=process" => Durability::Process,
                _ => {
                    return Err(format!(
                        "`{option}` is not an option of `sqlite://`; the options are `durability=power` and \
                         `durability=process`"
                    ));
                }
            });
        }
        Ok(Self {
            path: PathBuf::from(path),
            durability,
        })
    }
}

/// Removes the slash before a drive: `sqlite:///C:/tasks.db` is `C:/tasks.db`.
fn windows_path(path: &str) -> &str {
    match path.as_bytes() {
        [b'/', drive, b':', ..] if cfg!(windows) && drive.is_ascii_alphabetic() => &path[1..],
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_or_absolute() {
        for (url, path, durability) in [
            ("sqlite://tasks.db", "tasks.db", None),
            (
                "sqlite://data/tasks.db?durability=power",
                "data/tasks.db",
                Some(Durability::Power),
            ),
            (
                "sqlite:///var/lib/my%20tasks.db?durability=process",
                "/var/lib/my tasks.db",
                Some(Durability::Process),
            ),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(
                (address.path, address.durability),
                (path.into(), durability)
            );
        }
    }

    #[test]
    fn errors_name_the_problem() {
        for (url, problem) in [
            ("sqlite://", "needs the path"),
            ("sqlite://data/", "needs the path"),
            ("sqlite://:memory:", "memory://"),
            ("sqlite://a.db?mode=ro", "`mode=ro`"),
            ("sqlite://a.db?durability=none", "`durability=none`"),
            ("sqlite://%ff.db", "UTF-8"),
        ] {
            let error = Address::parse(url).unwrap_err();
            assert!(error.contains(problem), "{url}: {error}");
        }
    }
}

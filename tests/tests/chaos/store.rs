//! The store that the processes of a chaos run share: a Redis of its own, or a file.

use std::path::{Path, PathBuf};
use std::process::Command;

use fastmcp::docket::Docket;

use crate::server::RedisServer;

pub(crate) enum Store {
    Redis(RedisServer),
    File(PathBuf),
}

impl Store {
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Redis(server) => server.url(),
            Self::File(path) => format!("sqlite://{}?durability=process", path.display()),
        }
    }

    pub(crate) fn docket(&self, name: &str) -> Docket {
        Docket::builder(name)
            .url(&self.url())
            .expect("the URL is valid")
    }

    /// Checks what is left after a run.
    pub(crate) fn check(&self) {
        match self {
            Self::Redis(server) => assert_eq!(persistent_keys(server), ["root"]),
            Self::File(path) => assert_eq!(integrity(path), "ok"),
        }
    }
}

/// Returns the keys of the docket without a time to live.
fn persistent_keys(server: &RedisServer) -> Vec<String> {
    let script = "local e = {} for _, k in ipairs(redis.call('KEYS', '{fastmcp:*')) do \
                  if redis.call('PTTL', k) == -1 then e[#e + 1] = k end end return e";
    let answer = server.send(&format!("EVAL \"{script}\" 0"));
    answer
        .lines()
        .filter_map(|line| line.trim().rsplit("}:").next())
        .filter(|name| !name.starts_with(['*', '$']) && !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn integrity(path: &Path) -> String {
    let sql = rusqlite::Connection::open(path).expect("the file can be opened");
    sql.query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("the check runs")
}

/// Imitates power cuts: copies the files while nobody writes, cuts the copy of the log at random places, and asserts that
/// each cut leaves a valid docket.
pub(crate) async fn cut_power(path: &Path, random: &mut fastrand::Rng) {
    let beside = |path: &Path, suffix: &str| PathBuf::from(format!("{}{suffix}", path.display()));
    // By another process: if this one opened and closed the files, it would give up the locks of its own connections.
    let copy = |suffix: &str| {
        let copied = path.with_file_name(format!("copy{suffix}"));
        let status = Command::new("cp")
            .args([&beside(path, suffix), &copied])
            .status();
        assert!(status.expect("`cp` runs").success());
        std::fs::read(copied).expect("read")
    };
    let (database, log, index) = (copy(""), copy("-wal"), copy("-shm"));
    // SQLite synchronizes the part of the log that it copies into the database, before it copies it. The number of frames
    // that it has begun to copy is in the shared index of the log (https://sqlite.org/walformat.html, 2.2).
    let frames = |at: usize| {
        index.get(at..at + 4).map_or(0, |bytes| {
            u32::from_ne_bytes(bytes.try_into().expect("four bytes")) as usize
        })
    };
    let copied = frames(96).max(frames(128));
    let synchronized = 32 + copied * (24 + 4096);
    let mut pending = Vec::new();
    for cut in 0..6 {
        let copy = path.with_file_name(format!("cut-{cut}.db"));
        std::fs::write(&copy, &database).expect("written");
        let length = match cut {
            0 => log.len(),
            _ => random.usize(synchronized.min(log.len())..=log.len()),
        };
        std::fs::write(beside(&copy, "-wal"), &log[..length]).expect("written");
        assert_eq!(integrity(&copy), "ok", "cut at {length} of {}", log.len());
        let docket = Docket::sqlite(&copy).expect("the path is valid");
        let snapshot = docket.snapshot().await.expect("the docket can be read");
        pending.push(snapshot.pending());
    }
    println!("pending after power cuts: {pending:?}");
}

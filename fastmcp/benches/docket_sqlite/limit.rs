//! Measures the upper limit of SQLite and the disk: statements in batches, on one thread, without other guarantees.

use std::path::Path;
use std::time::{Duration, Instant};

use fastmcp::docket::{Durability, Key};
use rusqlite::Connection;

const TABLE: &str = "
    CREATE TABLE tasks (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        state TEXT NOT NULL,
        payload BLOB NOT NULL,
        worker TEXT,
        lease INTEGER,
        result BLOB
    ) STRICT;
    CREATE INDEX by_state ON tasks (state, id);
    CREATE UNIQUE INDEX by_key ON tasks (key);";

fn open(path: &Path, durability: Durability) -> Connection {
    let sql = Connection::open(path).expect("the file can be opened");
    sql.pragma_update(None, "journal_mode", "WAL").expect("set");
    let synchronous = match durability {
        Durability::Process => "NORMAL",
        _ => "FULL",
    };
    sql.pragma_update(None, "synchronous", synchronous)
        .expect("set");
    sql.pragma_update(None, "wal_autocheckpoint", 4000)
        .expect("set");
    sql.execute_batch(TABLE).expect("created");
    sql
}

fn insert(sql: &Connection, items: usize, batch: usize, key: fn() -> Key) {
    for _ in 0..items / batch {
        sql.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let mut insert = sql
            .prepare_cached("INSERT INTO tasks (key, state, payload) VALUES (?1, 'queued', ?2)")
            .expect("prepared");
        for _ in 0..batch {
            insert
                .execute((&*key(), &br#"{"v":1,"args":[1]}"#[..]))
                .expect("inserted");
        }
        sql.execute_batch("COMMIT").expect("stored");
    }
}

/// Adds rows with the keys of `key`.
pub(crate) fn add(
    path: &Path,
    durability: Durability,
    items: usize,
    batch: usize,
    key: fn() -> Key,
) -> Duration {
    let sql = open(path, durability);
    let begin = Instant::now();
    insert(&sql, items, batch, key);
    begin.elapsed()
}

pub(crate) fn drain(path: &Path, durability: Durability, items: usize, batch: usize) -> Duration {
    let sql = open(path, durability);
    insert(&sql, items, 500, Key::unique);
    let begin = Instant::now();
    loop {
        sql.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let mut select = sql
            .prepare_cached(
                "SELECT id, payload FROM tasks WHERE state = 'queued' ORDER BY id LIMIT ?1",
            )
            .expect("prepared");
        let claimed: Vec<(i64, Vec<u8>)> = select
            .query_map([i64::try_from(batch).expect("small")], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .expect("selected")
            .collect::<Result<_, _>>()
            .expect("read");
        let mut start = sql
            .prepare_cached(
                "UPDATE tasks SET state = 'running', worker = 'bench', lease = 1 WHERE id = ?1",
            )
            .expect("prepared");
        for (id, _) in &claimed {
            start.execute([id]).expect("updated");
        }
        sql.execute_batch("COMMIT").expect("stored");
        if claimed.is_empty() {
            return begin.elapsed();
        }
        sql.execute_batch("BEGIN IMMEDIATE").expect("begun");
        let mut end = sql
            .prepare_cached("UPDATE tasks SET state = 'completed', result = ?2 WHERE id = ?1")
            .expect("prepared");
        for (id, _) in &claimed {
            end.execute((id, &b"null"[..])).expect("updated");
        }
        sql.execute_batch("COMMIT").expect("stored");
    }
}

/// Measures transactions of one insert.
pub(crate) fn commits(path: &Path, durability: Durability, samples: usize) -> Vec<Duration> {
    let sql = open(path, durability);
    (0..samples)
        .map(|_| {
            std::thread::sleep(Duration::from_millis(5));
            let begin = Instant::now();
            insert(&sql, 1, 1, Key::unique);
            begin.elapsed()
        })
        .collect()
}

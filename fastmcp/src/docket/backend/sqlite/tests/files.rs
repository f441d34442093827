//! Unsuitable, damaged and missing files are errors with a code, and no claim or worker ends because of them.

use rusqlite::Connection;

use super::*;
use crate::docket::backend::call::Target;
use crate::docket::model::key::Key;

async fn code(backend: &SqliteBackend) -> String {
    let error = backend.submit(vec![work("k")]).await.unwrap_err();
    assert!(error.to_string().contains("tasks.db"), "{error}");
    let check = backend.check().await.unwrap_err();
    assert_eq!(check.code(), error.code());
    error.code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn unsuitable_files_are_refused() {
    type Prepare = fn(&Directory);
    let cases: [(&str, Prepare); 5] = [
        ("NEWER_LAYOUT", |directory| {
            let sql = Connection::open(directory.file()).unwrap();
            super::super::connection::open(&directory.file(), Durability::Process).unwrap();
            sql.pragma_update(None, "user_version", 99).unwrap();
        }),
        ("FOREIGN_FILE", |directory| {
            let sql = Connection::open(directory.file()).unwrap();
            sql.execute_batch("CREATE TABLE notes (text)").unwrap();
        }),
        ("SQLITE_NOTADB", |directory| {
            std::fs::write(directory.file(), vec![b'x'; 8192]).unwrap();
        }),
        ("SQLITE_CANTOPEN", |directory| {
            std::fs::remove_dir_all(&directory.0).unwrap();
        }),
        ("SQLITE_CANTOPEN", |directory| {
            std::fs::create_dir(directory.file()).unwrap();
        }),
    ];
    for (expected, prepare) in cases {
        let directory = Directory::new();
        prepare(&directory);
        assert_eq!(code(&directory.open()).await, expected);
    }
}

#[tokio::test]
async fn a_directory_is_named_as_the_cause() {
    let directory = Directory::new();
    std::fs::create_dir(directory.file()).unwrap();
    let error = directory.open().check().await.unwrap_err().to_string();
    assert!(error.contains("tasks.db`: it is a directory"), "{error}");
}

/// The superuser can write to read-only files, so the test has no effect for the superuser.
#[cfg(unix)]
#[tokio::test]
async fn a_read_only_file_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let set_mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let directory = Directory::new();
    let backend = directory.open();
    submit(&backend, work("before")).await;
    drop(backend);
    while super::super::file::log_of(&directory.file()).exists() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    set_mode(&directory.file(), 0o444);
    let append = || {
        std::fs::OpenOptions::new()
            .append(true)
            .open(directory.file())
    };
    if append().is_ok() {
        return;
    }
    let backend = directory.open();
    assert_eq!(code(&backend).await, "SQLITE_READONLY");
    let error = backend.check().await.unwrap_err().to_string();
    assert!(error.contains("permission to write"), "{error}");
    // The same backend continues once the file can be written.
    set_mode(&directory.file(), 0o644);
    submit(&backend, work("after")).await;
    assert_eq!(claim(&backend, "w").await.len(), 2);
    drop(backend);
    let empty = Directory::new();
    set_mode(&empty.0, 0o555);
    assert_eq!(code(&empty.open()).await, "SQLITE_CANTOPEN");
    set_mode(&empty.0, 0o755);
}

/// While another program keeps a transaction open, the log cannot be emptied. Nothing else is affected, and the log is
/// used from its beginning again once that program has ended.
#[tokio::test]
async fn a_reader_that_never_closes_only_makes_the_log_grow() {
    let directory = Directory::new();
    let backend = directory.open();
    let payload = vec![b' '; 100_000];
    let write = async |from: usize| {
        for n in from..from + 250 {
            let submission = Submission::new("work", payload.clone()).key(format!("k{n}"));
            submit(&backend, submission).await;
            backend
                .cancel(&format!("k{n}").into(), "test")
                .await
                .unwrap();
        }
    };
    let log = super::super::file::log_of(&directory.file());
    let size = || std::fs::metadata(&log).unwrap().len();
    submit(&backend, work("before")).await;
    let reader = Connection::open(directory.file()).unwrap();
    reader.execute_batch("BEGIN").unwrap();
    let count = |sql: &Connection| -> i64 {
        sql.query_row("SELECT count(*) FROM executions", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(count(&reader), 1);
    write(0).await;
    write(250).await;
    assert!(size() > 40 << 20, "{} bytes", size());
    assert_eq!(count(&reader), 1, "the reader sees its snapshot");
    drop(reader);
    write(500).await;
    let before = size();
    write(750).await;
    assert!(size() <= before, "{before} bytes, then {}", size());
    assert_eq!(claim(&backend, "w").await.len(), 1);
}

#[tokio::test]
async fn a_damaged_file_is_an_error_of_the_call() {
    let directory = Directory::new();
    let backend = directory.open();
    for n in 0..200 {
        submit(&backend, work(&format!("k{n}"))).await;
    }
    drop(backend);
    // The last process that closes the file deletes the log.
    while super::super::file::log_of(&directory.file()).exists() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut bytes = std::fs::read(directory.file()).unwrap();
    // The first page has the header and the tables' definitions; the others have the rows.
    bytes[4096..].fill(0xa5);
    std::fs::write(directory.file(), &bytes).unwrap();
    assert_eq!(code(&directory.open()).await, "SQLITE_CORRUPT");
}

#[tokio::test]
async fn a_deleted_file_is_an_error_until_it_is_back() {
    let directory = Directory::new();
    let backend = directory.open();
    submit(&backend, work("before")).await;
    let elsewhere = directory.0.join("elsewhere");
    std::fs::rename(directory.file(), &elsewhere).unwrap();
    assert_eq!(code(&backend).await, "FILE_DELETED");
    let error = backend
        .claim(request("w", Duration::from_secs(1)))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("FILE_DELETED"));
    std::fs::rename(&elsewhere, directory.file()).unwrap();
    submit(&backend, work("after")).await;
    let claimed = claim(&backend, "w").await;
    assert_eq!(claimed.len(), 2, "nothing is lost");
}

/// Without the check, SQLite would go on in the file that has no name any more, and a new process would not see its
/// content.
#[tokio::test]
async fn a_deleted_log_is_saved() {
    let directory = Directory::new();
    let backend = directory.open();
    for n in 0..50 {
        submit(&backend, work(&format!("k{n}"))).await;
    }
    let log = super::super::file::log_of(&directory.file());
    assert!(std::fs::metadata(&log).unwrap().len() > 0);
    std::fs::remove_file(&log).unwrap();
    submit(&backend, work("after")).await;
    let other = directory.open();
    assert_eq!(other.snapshot(0).await.unwrap().queued, 51);
    let sql = Connection::open(directory.file()).unwrap();
    let check: String = sql
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_loses_nothing() {
    let directory = Directory::new();
    let backend = directory.open();
    let limit = async |pages: i64| {
        let set = backend.call(move |store| {
            store
                .sql
                .pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))
        });
        set.await.unwrap();
    };
    limit(200).await;
    let mut accepted = 0;
    let error = loop {
        let key = format!("k{accepted}");
        let payload = vec![b' '; 10_000];
        let submission = Submission::new("work", payload).key(key);
        match backend.submit(vec![submission]).await {
            Ok(_) => accepted += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Some("SQLITE_FULL"));
    assert!(error.to_string().contains("make room"), "{error}");
    assert!(accepted > 10);
    limit(1_000_000).await;
    assert_eq!(backend.snapshot(0).await.unwrap().queued, accepted);
    submit(&backend, work("after")).await;
}

/// SQLite converts text to a number in a column of a strict table if nothing is lost, and the rest is refused.
#[tokio::test]
async fn a_table_takes_no_other_types() {
    let directory = Directory::new();
    let backend = directory.open();
    submit(&backend, work("k")).await;
    let sql = Connection::open(directory.file()).unwrap();
    for change in [
        "UPDATE executions SET attempt = 'many'",
        "UPDATE executions SET state = 'sleeping'",
        "UPDATE executions SET payload = 7",
    ] {
        assert!(sql.execute(change, []).is_err(), "{change}");
    }
    sql.execute(
        "UPDATE executions SET limits = 'no JSON', history = '[1]'",
        [],
    )
    .unwrap();
    let record = backend.find(&Target::Key(Key::from("k"))).await.unwrap();
    assert!(record.unwrap().history.is_empty());
    assert_eq!(claim(&backend, "w").await.len(), 1);
}

//! Results are deleted, and the file does not grow without bound.

use super::*;
use crate::docket::backend::call::Settlement;
use crate::docket::backend::sqlite::connection;
use crate::docket::model::outcome::Outcome;

fn pages(directory: &Directory) -> i64 {
    let sql = rusqlite::Connection::open(directory.file()).unwrap();
    sql.pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap()
}

async fn round(backend: &SqliteBackend, number: usize) {
    let batch = (0..500).map(|n| work(&format!("{number}-{n}"))).collect();
    backend.submit(batch).await.unwrap();
    let request = Claim::new("w".into(), 500, Duration::from_mins(1), 3);
    let runs = backend.claim(request).await.unwrap();
    let ends: Vec<Settlement> = runs
        .iter()
        .map(|run| Settlement::new(run.lease, Outcome::done()))
        .collect();
    backend.settle(&ends).await.unwrap();
}

#[tokio::test]
async fn results_are_deleted_and_their_space_is_used_again() {
    let directory = Directory::new();
    let backend = directory.open_with(DocketOptions {
        result_capacity: 1000,
        ..DocketOptions::default()
    });
    for number in 0..4 {
        round(&backend, number).await;
    }
    let few = pages(&directory);
    for number in 4..24 {
        round(&backend, number).await;
    }
    let many = pages(&directory);
    assert!(many <= few * 2, "{few} pages, then {many}");
    let rows = backend
        .call(|store| {
            store
                .sql
                .query_row("SELECT count(*) FROM executions", [], |row| {
                    row.get::<_, i64>(0)
                })
        })
        .await;
    assert_eq!(rows, Ok(1000));
}

#[tokio::test]
async fn the_file_becomes_shorter_after_a_backlog() {
    let directory = Directory::new();
    let backend = directory.open_with(DocketOptions {
        result_capacity: 10,
        ..DocketOptions::default()
    });
    for number in 0..20 {
        let batch = (0..500)
            .map(|n| Submission::new("work", vec![b' '; 2000]).key(format!("{number}-{n}")))
            .collect();
        backend.submit(batch).await.unwrap();
    }
    let most = pages(&directory);
    assert_eq!(backend.clear().await, Ok(10_000));
    for n in 0..1500 {
        submit(&backend, work(&format!("later-{n}"))).await;
        backend
            .cancel(&format!("later-{n}").into(), "test")
            .await
            .unwrap();
    }
    let least = pages(&directory);
    assert!(least < most / 2, "{most} pages, then {least}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_after_the_retention() {
    let directory = Directory::new();
    let backend = directory.open();
    for n in 0..20 {
        let key = format!("k{n}");
        let submission = work(&key)
            .owner(format!("owner-{n}"))
            .keep_for(Duration::from_mins(n));
        submit(&backend, if n == 0 { work(&key) } else { submission }).await;
    }
    for run in claim(&backend, "w").await {
        let outcome = Outcome::Undecodable {
            reason: "test".into(),
        };
        let end = Settlement::new(run.lease, outcome);
        backend.settle(&[end]).await.unwrap();
    }
    tokio::time::sleep(Duration::from_hours(24 * 8)).await;
    let snapshot = backend.snapshot(10).await.unwrap();
    assert_eq!((snapshot.pending(), snapshot.dead), (0, 0));
    let rows = backend.call(|store| {
        store.sql.query_row(
            "SELECT (SELECT count(*) FROM executions) + (SELECT count(*) FROM owners) \
             + (SELECT count(*) FROM lanes)",
            [],
            |row| row.get::<_, i64>(0),
        )
    });
    // The waiting ones were cancelled at the end of their retention, and are not kept as results.
    assert_eq!(rows.await, Ok(0));
}

/// SQLite builds a table of the values of a `CHECK … IN (…)` for each row, unless the connection ignores checks.
#[test]
fn writing_a_row_builds_no_temporary_table() {
    let directory = Directory::new();
    let sql = connection::open(&directory.file(), Durability::Process).unwrap();
    let statement = "EXPLAIN UPDATE executions SET state = 'queued', place = 'ready' WHERE id = 1";
    let mut query = sql.prepare(statement).unwrap();
    let codes = query.query_map([], |row| row.get(1)).unwrap();
    let codes = codes.collect::<rusqlite::Result<Vec<String>>>().unwrap();
    assert!(codes.contains(&"Insert".to_owned()), "{codes:?}");
    assert!(!codes.contains(&"OpenEphemeral".to_owned()), "{codes:?}");
}

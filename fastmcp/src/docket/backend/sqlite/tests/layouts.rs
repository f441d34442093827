//! A file of an earlier layout is upgraded, and has the same tables as a new one.

use rusqlite::Connection;

use super::*;

/// The tables of the first layout, with an execution that waits for a worker.
const LAYOUT_1: &str = include_str!("layout_1.sql");
const WAITING: &str = "INSERT INTO executions (id, key, holds_key, task, state, place, rank, priority, token, attempt, \
     delivery, cancelling, submitted, due, updated, max_deliveries, size, was_released, has_start_time, payload) \
     VALUES (7, 'k', 1, 'work', 'queued', 'ready', 1500000000000000, 1, 0, 1, 0, 0, 1, 1, 1, 0, 2, 0, 0, x'7b7d'); \
     UPDATE docket SET last_id = 7, queued = 1, pending_bytes = 2";

/// Returns the columns, indexes and triggers of a file.
fn layout(path: &std::path::Path) -> Vec<String> {
    let sql = Connection::open(path).unwrap();
    let query = "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" \
         FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' UNION \
         SELECT type || ' ' || name FROM sqlite_schema WHERE type <> 'table' ORDER BY 1";
    let mut query = sql.prepare(query).unwrap();
    let rows = query.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<Vec<String>>>().unwrap()
}

#[tokio::test]
async fn a_file_of_the_first_layout_is_upgraded() {
    let (earlier, new) = (Directory::new(), Directory::new());
    let sql = Connection::open(earlier.file()).unwrap();
    sql.pragma_update(None, "application_id", 0x464d_446b)
        .unwrap();
    sql.pragma_update(None, "user_version", 1).unwrap();
    sql.execute_batch(LAYOUT_1).unwrap();
    sql.execute_batch(WAITING).unwrap();
    drop(sql);

    let backend = earlier.open();
    backend.check().await.unwrap();
    let run = claim(&backend, "w").await.remove(0);
    assert_eq!((&*run.key, run.lease.id), ("k", ExecutionId(7)));
    new.open().check().await.unwrap();
    assert_eq!(layout(&earlier.file()), layout(&new.file()));
}

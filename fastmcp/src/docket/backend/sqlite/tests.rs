//! Tests of the file itself. The contract of all backends is tested in `tests/contract`.

mod clock;
mod files;
mod layouts;
mod sharing;
mod size;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::call::{Admission, Claim};
use crate::docket::backend::contract::Backend;
use crate::docket::backend::sqlite::SqliteBackend;
use crate::docket::backend::sqlite::address::Durability;
use crate::docket::model::delivery::Delivery;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::submission::Submission;

/// A directory of one test, which is removed at its end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        let name = format!("fastmcp-sqlite-{:016x}", fastrand::u64(..));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("the directory can be created");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("tasks.db")
    }

    fn open(&self) -> SqliteBackend {
        self.open_with(DocketOptions::default())
    }

    fn open_with(&self, options: DocketOptions) -> SqliteBackend {
        SqliteBackend::new(self.file(), Durability::Process, options)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn work(key: &str) -> Submission {
    Submission::new("work", "{}").key(key)
}

async fn submit(backend: &SqliteBackend, submission: Submission) -> ExecutionId {
    match backend.submit(vec![submission]).await.unwrap().remove(0) {
        Admission::Accepted(id) => id,
        other => panic!("{other:?}"),
    }
}

fn request(worker: &str, lease: Duration) -> Claim {
    Claim::new(Arc::from(worker), 10, lease, 3)
}

async fn claim(backend: &SqliteBackend, worker: &str) -> Vec<Delivery> {
    let request = request(worker, Duration::from_mins(1));
    backend.claim(request).await.unwrap()
}

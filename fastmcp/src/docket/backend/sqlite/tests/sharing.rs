//! Several processes on one file. Each backend stands for a process: they share nothing but the file and the sockets.

use super::*;
use crate::docket::backend::call::{Condition, Settlement, Target};
use crate::docket::events::Event;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::state::{Cancelled, ExecutionState};

/// Opens the file in two processes that know of each other.
async fn two(directory: &Directory, options: DocketOptions) -> [Arc<SqliteBackend>; 2] {
    let [one, other] = [(); 2].map(|()| Arc::new(directory.open_with(options.clone())));
    one.check().await.unwrap();
    other.check().await.unwrap();
    [one, other]
}

fn sleeping(
    backend: &Arc<SqliteBackend>,
    worker: &'static str,
) -> tokio::task::JoinHandle<Vec<Delivery>> {
    let backend = backend.clone();
    tokio::spawn(async move { claim(&backend, worker).await })
}

async fn is_asleep(backend: &SqliteBackend, worker: &str) {
    // A worker is registered by the transaction of its claim.
    let is_registered = async || {
        let workers = backend.snapshot(0).await.unwrap().workers;
        workers.iter().any(|it| &*it.name == worker)
    };
    while !is_registered().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_submission_wakes_a_claim_of_another_process() {
    let directory = Directory::new();
    let [one, other] = two(&directory, DocketOptions::default()).await;
    for n in 0..20 {
        let sleeper = sleeping(&other, "w");
        is_asleep(&other, "w").await;
        let id = submit(&one, work(&format!("k{n}"))).await;
        let runs = sleeper.await.unwrap();
        assert_eq!(runs[0].lease.id, id);
        // And again, so that the next round begins with no work.
        let end = Settlement::new(runs[0].lease, Outcome::done());
        other.settle(&[end]).await.unwrap();
    }
}

#[tokio::test]
async fn a_lease_of_a_killed_process_wakes_a_claim_of_another() {
    let directory = Directory::new();
    let [one, other] = two(&directory, DocketOptions::default()).await;
    let sleeper = sleeping(&other, "lives");
    is_asleep(&other, "lives").await;
    submit(&one, work("k")).await;
    let run = sleeper.await.unwrap().remove(0);
    let end = Settlement::new(run.lease, Outcome::Release);
    other.settle(&[end]).await.unwrap();
    let request = request("dies", Duration::from_millis(300));
    let lost = one.claim(request).await.unwrap().remove(0);
    // It sleeps when the lease has already begun, or before; either way it has to learn of its end.
    let run = claim(&other, "lives").await.remove(0);
    assert_eq!((run.key, run.delivery), (lost.key, 2));
}

#[tokio::test]
async fn signals_events_and_room_cross_processes() {
    let directory = Directory::new();
    let options = DocketOptions {
        capacity: 1,
        ..DocketOptions::default()
    };
    let [one, other] = two(&directory, options).await;
    let id = submit(&one, work("k")).await;
    let (record, mut events) = one.watch(&Target::Id(id)).await.unwrap().unwrap();
    assert_eq!(record.state, ExecutionState::Queued);
    let room = tokio::spawn({
        let one = one.clone();
        async move { one.wait(Condition::Room).await }
    });
    let run = claim(&other, "w").await.remove(0);
    let worker: Arc<str> = "w".into();
    let signals = tokio::spawn({
        let other = other.clone();
        let worker = worker.clone();
        async move { other.signals(&worker).await.unwrap() }
    });
    tokio::task::yield_now().await;
    assert_eq!(
        one.cancel(&"k".into(), "test").await,
        Ok(Cancelled::Signalled)
    );
    assert_eq!(signals.await.unwrap(), [run.lease]);
    let end = Settlement::new(run.lease, Outcome::done());
    other.settle(&[end]).await.unwrap();
    let mut last = None;
    while let Some(event) = events.next().await {
        if let Event::State(record) = event {
            last = Some(record.state);
        }
    }
    assert_eq!(last, Some(ExecutionState::Cancelled));
    room.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_unknown_task_is_offered_to_another_process() {
    let directory = Directory::new();
    let [one, other] = two(&directory, DocketOptions::default()).await;
    let sleeper = sleeping(&other, "knows");
    is_asleep(&other, "knows").await;
    one.pause().await.unwrap();
    submit(&one, work("k")).await;
    one.resume().await.unwrap();
    let run = sleeper.await.unwrap().remove(0);
    let end = Settlement::new(run.lease, Outcome::UnknownTask);
    let sleeper = sleeping(&one, "declines");
    is_asleep(&one, "declines").await;
    other.settle(&[end]).await.unwrap();
    let run = sleeper.await.unwrap().remove(0);
    assert_eq!(run.key, "k");
}

#[tokio::test]
async fn a_process_that_leaves_is_not_listed_and_the_other_goes_on() {
    let directory = Directory::new();
    let [one, other] = two(&directory, DocketOptions::default()).await;
    let id = submit(&one, work("k")).await;
    let (_, mut events) = other.watch(&Target::Id(id)).await.unwrap().unwrap();
    drop(one);
    loop {
        let left = other.call(|store| {
            store
                .sql
                .query_row("SELECT count(*) FROM processes", [], |row| {
                    row.get::<_, i64>(0)
                })
        });
        if left.await.unwrap() == 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    other.cancel(&"k".into(), "test").await.unwrap();
    let mut last = None;
    while let Some(event) = events.next().await {
        if let Event::State(record) = event {
            last = Some(record.state);
        }
    }
    assert_eq!(last, Some(ExecutionState::Cancelled));
    assert!(other.find(&Target::Id(id)).await.unwrap().is_some());
}

/// A process that is alone has no timer, and its sleeping claim writes nothing.
#[tokio::test(start_paused = true)]
async fn an_idle_process_does_nothing() {
    let directory = Directory::new();
    let backend = Arc::new(directory.open());
    let sleeper = sleeping(&backend, "w");
    is_asleep(&backend, "w").await;
    let version = || {
        let log = super::super::file::log_of(&directory.file());
        let log = std::fs::metadata(log).unwrap();
        (log.len(), log.modified().unwrap())
    };
    let before = version();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(version(), before);
    assert!(!sleeper.is_finished());
    sleeper.abort();
}

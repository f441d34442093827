//! Tests that need the memory backend: exact wake-ups in paused time, and bodies that block a thread.

#[path = "../support/delegate.rs"]
mod delegate;
mod failure_log;
mod polled_backend;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use fastmcp::docket::backend::{Backend, Condition};
use fastmcp::docket::{
    Cancelled, Docket, ExecutionState, Handlers, Key, Outcome, Policy, Submission, Worker,
};

use polled_backend::PolledBackend;

const HOUR: Duration = Duration::from_hours(1);

fn worker(docket: &Docket) -> Worker {
    let handlers = Handlers::new().task("work", Policy::default(), |_| async { Outcome::done() });
    Worker::builder(docket, Arc::new(handlers))
        .build()
        .expect("the options are valid")
}

/// Counts the polls of waiting calls during an hour.
async fn wake_ups_in_an_hour(store: &PolledBackend) -> usize {
    let before = store.polls();
    tokio::time::sleep(HOUR).await;
    store.polls() - before
}

#[tokio::test(start_paused = true)]
async fn an_idle_worker_never_wakes() {
    let store = PolledBackend::new();
    let docket = Docket::builder("idle").backend(store.clone());
    for _ in 0..3 {
        let worker = worker(&docket);
        tokio::spawn(async move { worker.run_forever().await });
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(
        docket.workers().await.unwrap().len(),
        3,
        "all workers are alive"
    );
    assert_eq!(wake_ups_in_an_hour(&store).await, 0);

    for _ in 0..10 {
        docket
            .submit(Submission::new("work", "null"))
            .await
            .unwrap();
    }
    assert_ne!(
        wake_ups_in_an_hour(&store).await,
        0,
        "work and expiring results wake the workers"
    );
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
    assert_eq!(
        wake_ups_in_an_hour(&store).await,
        0,
        "the workers sleep again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_wakes_at_a_due_time_and_not_before() {
    let store = PolledBackend::new();
    let docket = Docket::builder("due").backend(store.clone());
    let idle = worker(&docket);
    tokio::spawn(async move { idle.run_forever().await });
    let execution = Submission::new("work", "null").after(HOUR * 2);
    let execution = docket.submit(execution).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(wake_ups_in_an_hour(&store).await, 0);
    tokio::time::sleep(HOUR).await;
    assert_eq!(execution.typed::<()>().result().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_do_not_wake_each_other() {
    let store = PolledBackend::new();
    let docket = Docket::builder("waits").backend(store.clone());
    for _ in 0..3 {
        docket
            .submit(Submission::new("work", "null"))
            .await
            .unwrap();
    }
    let waiting: Vec<_> = [0, 1, 2, 2, 1]
        .into_iter()
        .map(|threshold| {
            let store = store.clone();
            tokio::spawn(async move { store.wait(Condition::PendingAtMost(threshold)).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(wake_ups_in_an_hour(&store).await, 0);
    worker(&docket).run_until_finished().await.unwrap();
    for wait in waiting {
        wait.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_may_arrive_before_the_answer_to_a_claim() {
    let second = Duration::from_secs(1);
    let docket = Docket::builder("far").backend(PolledBackend::with_latency(second * 2));
    let handlers = Handlers::new().task("work", Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        Outcome::done()
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .build()
        .unwrap();
    let call = tokio::spawn(async move { worker.run_forever().await });
    let execution = Submission::new("work", "null").key("k");
    let execution = docket.submit(execution).await.unwrap();
    tokio::time::sleep(second).await;
    assert_eq!(docket.cancel("k").await, Ok(Cancelled::Signalled));
    let ended = tokio::time::timeout(second * 3, execution.ended()).await;
    let record = ended.expect("the body received the cancellation").unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
    call.abort();
}

#[test]
fn a_worker_can_continue_in_another_runtime() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    let first = runtime();
    let (docket, worker, execution) = first.block_on(async {
        let docket = Docket::memory("survivor");
        let handlers = Handlers::new().task("work", Policy::default(), |delivery| async move {
            if delivery.fencing_token() == 1 {
                std::future::pending::<()>().await;
            }
            Outcome::done()
        });
        let worker = Worker::builder(&docket, Arc::new(handlers))
            .build()
            .unwrap();
        let execution = docket
            .submit(Submission::new("work", "null"))
            .await
            .unwrap();
        let call = tokio::time::timeout(Duration::from_millis(10), worker.run_until_finished());
        call.await.unwrap_err();
        (docket, worker, execution)
    });
    drop(first);
    runtime().block_on(async {
        let call = tokio::time::timeout(Duration::from_secs(10), worker.run_until_finished());
        call.await.expect("the worker finishes").unwrap();
        let state = execution.state().await.unwrap();
        assert_eq!(
            state,
            ExecutionState::Completed,
            "the body is not blamed for the lost runtime"
        );
        assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
    });
}

#[test]
fn a_blocking_body_is_reported_as_abandoned() {
    // Two threads, because the body blocks one. Real time, because paused time does not advance while a thread is blocked.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let (blocked, blocks) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    runtime.block_on(async {
        let docket = Docket::memory("blocks");
        let handlers = Handlers::new().task("work", Policy::default(), move |_| {
            let (blocked, released) = (blocked.clone(), released.clone());
            async move {
                let _ = blocked.send(());
                let _ = released.lock().unwrap().recv();
                Outcome::done()
            }
        });
        let worker = Worker::builder(&docket, Arc::new(handlers))
            .shutdown_grace(Duration::from_millis(1))
            .build()
            .unwrap();
        let call = tokio::spawn({
            let worker = worker.clone();
            async move { worker.run_forever().await }
        });
        let execution = docket
            .submit(Submission::new("work", "null").key("k"))
            .await
            .unwrap();
        tokio::task::spawn_blocking(move || blocks.recv())
            .await
            .unwrap()
            .unwrap();
        worker.shutdown();
        let report = call.await.unwrap().unwrap();
        assert_eq!(report.abandoned, [Key::from("k")]);
        assert!(
            report.released.is_empty(),
            "the body still runs, so it must not be released"
        );
        let state = execution.state().await.unwrap();
        assert_eq!(state, ExecutionState::Running);
        release.send(()).unwrap();
    });
}

/// A worker that nobody runs any more does not take the next execution.
#[tokio::test]
async fn a_finished_worker_runs_nothing_that_is_submitted_later() {
    for round in 0..200 {
        let docket = Docket::memory("finished");
        let finished = worker(&docket);
        docket.submit(Submission::new("work", "1")).await.unwrap();
        finished.run_until_finished().await.unwrap();
        drop(finished);
        let next = docket.submit(Submission::new("work", "2")).await.unwrap();
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        assert_eq!(
            next.state().await,
            Ok(ExecutionState::Queued),
            "round {round}"
        );
        assert_eq!(next.record().await.unwrap().started, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_worker_runs_nothing_on_another_thread() {
    for round in 0..200 {
        let docket = Docket::memory("finished");
        let finished = worker(&docket);
        docket.submit(Submission::new("work", "1")).await.unwrap();
        finished.run_until_finished().await.unwrap();
        drop(finished);
        let next = docket.submit(Submission::new("work", "2")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(!next.state().await.unwrap().is_terminal(), "round {round}");
    }
}

//! Automatic tasks whose timetable changes, and workers that do not wait for automatic tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::docket::backend::Target;
use fastmcp::docket::{
    Cron, Docket, ExecutionState, Filter, Handlers, Key, Outcome, Policy, Record, Repeat,
    Submission, Worker,
};

use crate::stage::{Stage, TICK, submit, work, worker_of};

const HOUR: Duration = Duration::from_hours(1);

fn cron(expression: &str) -> Repeat {
    Repeat::Cron(Cron::parse(expression, "UTC").unwrap())
}

/// Returns the handlers of a program whose task runs by `repeat`. Its body counts its runs.
fn program(repeat: Repeat, runs: &Arc<AtomicU32>) -> Handlers {
    let policy = Policy {
        repeat: Some(repeat),
        ..Policy::default()
    };
    let runs = runs.clone();
    Handlers::new()
        .task("work", policy, move |execution| {
            runs.fetch_add(1, Ordering::SeqCst);
            if execution.payload() == "null" {
                execution.next_run().payload("7");
            }
            async { Outcome::done() }
        })
        .automatic(work("k"))
}

/// Runs a program until its execution waits for its next run, and returns its record.
async fn run_until_scheduled(docket: &Docket, handlers: Handlers) -> Record {
    let worker = worker_of(docket, handlers, |builder| builder);
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let key = Target::Key(Key::from("k"));
    loop {
        tokio::time::sleep(TICK / 10).await;
        let found = docket.backend().find(&key).await.unwrap();
        if found.is_some_and(|record| record.state == ExecutionState::Scheduled) {
            break;
        }
    }
    // A worker compares timetables before its first claim, and a shutdown ends the loop after it.
    worker.shutdown();
    call.await.unwrap().unwrap();
    docket.backend().find(&key).await.unwrap().unwrap()
}

pub(crate) async fn a_changed_cron_expression_moves_the_next_run(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::default();
    let yearly = run_until_scheduled(&docket, program(cron("0 0 1 1 *"), &runs)).await;
    let in_july = run_until_scheduled(&docket, program(cron("0 12 1 7 *"), &runs)).await;
    assert_ne!(in_july.due, yearly.due);
    assert_eq!(in_july.id, yearly.id, "it is the same execution");
    let yearly_again = run_until_scheduled(&docket, program(cron("0 0 1 1 *"), &runs)).await;
    assert_eq!(yearly_again.due, yearly.due, "it moves in both directions");
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    let snapshot = docket.snapshot().await.unwrap();
    assert_eq!((snapshot.scheduled, snapshot.queued), (1, 0));
}

pub(crate) async fn a_changed_interval_counts_from_the_last_run(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::default();
    let one = run_until_scheduled(&docket, program(Repeat::Every(HOUR), &runs)).await;
    let three = run_until_scheduled(&docket, program(Repeat::Every(HOUR * 3), &runs)).await;
    assert_eq!(three.due.since(one.due), HOUR * 2);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    // The last run is more than an interval ago, so the next one is due at once. It has the arguments of the last run.
    let repeat = Repeat::Every(Duration::from_micros(1));
    let policy = Policy {
        repeat: Some(repeat),
        ..Policy::default()
    };
    let handlers = Handlers::new()
        .task("work", policy, |execution| async move {
            execution.next_run().stop();
            Outcome::Completed(execution.payload().clone())
        })
        .automatic(work("k"));
    let worker = worker_of(&docket, handlers, |builder| builder);
    worker.run_at_most([(Key::from("k"), 5)]).await.unwrap();
    let execution = docket.get("k").await.unwrap().unwrap();
    assert_eq!(execution.typed::<u8>().result().await, Ok(7));
}

pub(crate) async fn a_due_time_that_no_timetable_set_stays(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::default();
    let own = submit(&docket, work("k").after(HOUR))
        .await
        .record()
        .await
        .unwrap();
    let record = run_until_scheduled(&docket, program(cron("* * * * *"), &runs)).await;
    assert_eq!(record.due, own.due);
    docket.cancel("k").await.unwrap();
    // The body chooses the time of the next run.
    let policy = Policy {
        repeat: Some(Repeat::Every(TICK)),
        ..Policy::default()
    };
    let chooses = Handlers::new()
        .task("work", policy, |execution| async move {
            execution.next_run().after(HOUR);
            Outcome::done()
        })
        .automatic(work("k"));
    let chosen = run_until_scheduled(&docket, chooses).await;
    let record = run_until_scheduled(&docket, program(cron("* * * * *"), &runs)).await;
    assert_eq!(record.due, chosen.due);
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    // Only the expected timetable is replaced.
    let backend = docket.backend();
    let when = fastmcp::docket::When::Now;
    for id in [record.id, fastmcp::docket::ExecutionId(1)] {
        assert_eq!(
            backend.reschedule(id, "every 1 us", when, "other").await,
            Ok(false)
        );
    }
}

/// An automatic task never ends, so nobody can wait for its end.
pub(crate) async fn waiting_for_the_end_ignores_automatic_tasks(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let handlers =
        program(Repeat::Every(TICK), &runs)
            .task("other", Policy::default(), |_| async { Outcome::done() });
    let worker = worker_of(&docket, handlers, |builder| builder);
    worker.run_until_finished().await.unwrap();
    let other = submit(&docket, Submission::new("other", "null")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(other.state().await, Ok(ExecutionState::Completed));
    assert_eq!(docket.snapshot().await.unwrap().pending(), 1);
    // Its runs can be awaited by their number.
    let before = runs.load(Ordering::SeqCst);
    worker.run_at_most([(Key::from("k"), 2)]).await.unwrap();
    assert!(runs.load(Ordering::SeqCst) > before);
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

/// Returns the states of all executions of the automatic task.
async fn states(docket: &Docket) -> Vec<ExecutionState> {
    let page = docket.list(&Filter::new().key("k"), None, 100).await;
    let records = page.unwrap().executions;
    records.iter().map(|record| record.state).collect()
}

/// Starts two workers that check their automatic tasks often.
fn start_two(docket: &Docket, handlers: impl Fn() -> Handlers) -> [Worker; 2] {
    [(); 2].map(|()| {
        let worker = worker_of(docket, handlers(), |builder| builder.automatic_check(TICK));
        let running = worker.clone();
        tokio::spawn(async move { running.run_forever().await });
        worker
    })
}

pub(crate) async fn an_automatic_task_that_has_ended_is_submitted_again_once(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let workers = start_two(&docket, || {
        let runs = runs.clone();
        let policy = Policy {
            repeat: Some(Repeat::Every(HOUR)),
            ..Policy::default()
        };
        Handlers::new()
            .task("work", policy, move |_| {
                let run = runs.fetch_add(1, Ordering::SeqCst);
                async move {
                    match run {
                        1 => Outcome::Undecodable {
                            reason: "second run".into(),
                        },
                        _ => Outcome::done(),
                    }
                }
            })
            .automatic(work("k"))
    });
    let reaches = async |expected: &[ExecutionState]| {
        while states(&docket).await != expected {
            tokio::time::sleep(TICK / 10).await;
        }
    };
    reaches(&[ExecutionState::Scheduled]).await;
    docket.cancel("k").await.unwrap();
    // The second execution becomes a dead letter in its first run.
    let expected = [
        ExecutionState::Cancelled,
        ExecutionState::Dead,
        ExecutionState::Scheduled,
    ];
    reaches(&expected).await;
    tokio::time::sleep(TICK * 5).await;
    assert_eq!(states(&docket).await, expected);
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    for worker in workers {
        worker.shutdown();
    }
}

pub(crate) async fn an_automatic_task_that_stops_itself_stays_stopped(stage: &Stage) {
    let docket = stage.docket();
    let workers = start_two(&docket, || {
        let policy = Policy {
            repeat: Some(Repeat::Every(HOUR)),
            ..Policy::default()
        };
        Handlers::new()
            .task("work", policy, |execution| async move {
                execution.next_run().stop();
                Outcome::done()
            })
            .automatic(work("k"))
    });
    while states(&docket).await != [ExecutionState::Completed] {
        tokio::time::sleep(TICK / 10).await;
    }
    tokio::time::sleep(TICK * 3).await;
    assert_eq!(states(&docket).await, [ExecutionState::Completed]);
    docket.purge(&Filter::new()).await.unwrap();
    tokio::time::sleep(TICK * 3).await;
    assert!(states(&docket).await.is_empty(), "its record is gone");
    for worker in workers {
        worker.shutdown();
    }
}

//! Workers: concurrency, waiting bodies, shutdown, leases and options.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use fastmcp::docket::{
    DocketError, ExecutionState, Handlers, Key, Outcome, Policy, ShutdownReport, Submission,
    Worker, WorkerBuilder,
};

use crate::stage::{Stage, TICK, claim_one, reaches, submit, work, worker, worker_of};

async fn a_tick() -> Outcome {
    tokio::time::sleep(TICK).await;
    Outcome::done()
}

pub(crate) async fn several_calls_share_one_worker(stage: &Stage) {
    let docket = stage.docket();
    let most = Arc::new(AtomicUsize::new(0));
    let now = Arc::new(AtomicUsize::new(0));
    let (seen, present) = (most.clone(), now.clone());
    let handlers = Handlers::new().task("work", Policy::default(), move |_| {
        let (seen, present) = (seen.clone(), present.clone());
        async move {
            seen.fetch_max(present.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            let outcome = a_tick().await;
            present.fetch_sub(1, Ordering::SeqCst);
            outcome
        }
    });
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(2));
    let forever = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    for n in 0..6 {
        submit(&docket, work(&format!("k{n}"))).await;
    }
    let (one, other) = tokio::join!(worker.run_until_finished(), worker.run_until_finished());
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
    assert_eq!(
        most.load(Ordering::SeqCst),
        2,
        "all calls share the slots of one worker"
    );
    assert!(!forever.is_finished());
    worker.shutdown();
    assert_eq!(forever.await.unwrap(), Ok(ShutdownReport::default()));
}

pub(crate) async fn a_body_can_wait_for_all_other_executions(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new()
        .task("wait", Policy::default(), |delivery| async move {
            let child = delivery.docket().submit(work("child")).await.unwrap();
            delivery.worker().run_until_finished().await.unwrap();
            Outcome::json(&child.state().await.unwrap())
        })
        .task("work", Policy::default(), |_| a_tick());
    // With one slot, the waiting body must give its slot to the child.
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let parent = submit(&docket, Submission::new("wait", "null")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(
        parent.typed::<ExecutionState>().result().await,
        Ok(ExecutionState::Completed)
    );
}

pub(crate) async fn a_body_reoccupies_its_slot_after_waiting(stage: &Stage) {
    let docket = stage.docket();
    let awake = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let busy = {
        let (awake, most) = (awake.clone(), most.clone());
        move || {
            let (awake, most) = (awake.clone(), most.clone());
            async move {
                most.fetch_max(awake.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::time::sleep(TICK * 3).await;
                awake.fetch_sub(1, Ordering::SeqCst);
                Outcome::done()
            }
        }
    };
    let waits = busy.clone();
    let handlers = Handlers::new()
        .task("wait", Policy::default(), move |delivery| {
            let busy = waits();
            async move {
                let child = Submission::new("child", "null");
                delivery.docket().submit(child).await.unwrap();
                delivery.worker().run_until_finished().await.unwrap();
                busy.await
            }
        })
        .task("child", Policy::default(), |_| async { Outcome::done() })
        .task("work", Policy::default(), move |_| busy());
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    submit(&docket, Submission::new("wait", "null")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    // By now the child has ended and the parent is busy again.
    tokio::time::sleep(TICK).await;
    submit(&docket, work("k")).await;
    tokio::time::sleep(TICK).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(
        most.load(Ordering::SeqCst),
        1,
        "the parent took its slot back"
    );
    call.abort();
}

pub(crate) async fn a_cancellation_reaches_a_body_during_a_shutdown(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |delivery| async move {
        delivery.cancellation().cancelled().await;
        Outcome::done()
    });
    let worker = worker_of(&docket, handlers, |builder| {
        builder.shutdown_grace(Duration::from_mins(10))
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    reaches(&execution, ExecutionState::Running).await;
    worker.shutdown();
    tokio::time::sleep(TICK).await;
    docket.cancel("k").await.unwrap();
    // Without the cancellation, the worker would hand the execution back after its grace period.
    assert_eq!(call.await.unwrap(), Ok(ShutdownReport::default()));
    assert_eq!(execution.state().await, Ok(ExecutionState::Cancelled));
}

pub(crate) async fn bodies_that_wait_for_the_rest_do_not_wait_for_each_other(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |delivery| async move {
        delivery.worker().run_until_finished().await.unwrap();
        Outcome::done()
    });
    for n in 0..3 {
        submit(&docket, work(&format!("k{n}"))).await;
    }
    worker.run_until_finished().await.unwrap();
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

pub(crate) async fn run_at_most_limits_the_runs_of_a_key(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let worker = worker(&docket, Policy::default(), move |delivery| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            delivery.next_run().after(TICK);
            Outcome::done()
        }
    });
    submit(&docket, work("thrice")).await;
    submit(&docket, work("never")).await;
    let quotas = [(Key::from("thrice"), 3), (Key::from("never"), 0)];
    worker.run_at_most(quotas).await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    let never = docket.get("never").await.unwrap().unwrap();
    assert_eq!(never.state().await, Ok(ExecutionState::Cancelled));
}

pub(crate) async fn a_shutdown_lets_running_bodies_finish(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |_| a_tick());
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let runs = submit(&docket, work("runs")).await;
    let waits = submit(&docket, work("waits")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    reaches(&runs, ExecutionState::Running).await;
    worker.shutdown();
    assert_eq!(call.await.unwrap(), Ok(ShutdownReport::default()));
    assert_eq!(runs.state().await, Ok(ExecutionState::Completed));
    assert_eq!(
        waits.state().await,
        Ok(ExecutionState::Queued),
        "the worker claimed nothing after the shutdown"
    );
    assert!(
        docket.workers().await.unwrap().is_empty(),
        "the worker is deregistered"
    );
}

pub(crate) async fn a_shutdown_hands_back_unfinished_executions(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |_| std::future::pending());
    let worker = worker_of(&docket, handlers, |builder| {
        builder.shutdown_grace(TICK * 2)
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    reaches(&execution, ExecutionState::Running).await;
    worker.shutdown();
    let report = call.await.unwrap().unwrap();
    assert_eq!(report.released, [Key::from("k")]);
    assert!(report.abandoned.is_empty());
    let run = claim_one(&docket, "another").await;
    assert_eq!(
        (run.attempt, run.delivery),
        (1, 1),
        "a release does not count as a delivery"
    );
}

pub(crate) async fn a_worker_that_was_shut_down_returns_an_error(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, Policy::default(), |_| a_tick());
    submit(&docket, work("k")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_until_finished().await }
    });
    tokio::task::yield_now().await;
    worker.shutdown();
    let stopped = DocketError::Stopped {
        worker: worker.name().into(),
    };
    assert_eq!(call.await.unwrap(), Err(stopped.clone()));
    assert_eq!(worker.run_until_finished().await, Err(stopped.clone()));
    assert_eq!(worker.run_forever().await, Err(stopped));
}

pub(crate) async fn a_freed_slot_is_filled_without_delay(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |_| a_tick());
    let worker = worker_of(&docket, handlers, |builder| builder.concurrency(1));
    let mut executions = Vec::new();
    for n in 0..10 {
        executions.push(submit(&docket, work(&format!("k{n}"))).await);
    }
    worker.run_until_finished().await.unwrap();
    // In the paused time of the memory backend, there is no delay at all. In real time, a busy machine causes some.
    for pair in executions.windows(2) {
        let ended = pair[0].record().await.unwrap().ended.unwrap();
        let started = pair[1].record().await.unwrap().started.unwrap();
        assert!(started >= ended);
        assert!(stage.is_real_time() || started == ended);
    }
}

pub(crate) async fn the_lease_of_a_long_body_is_renewed(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    for name in ["one", "two"] {
        let counted = runs.clone();
        let handlers = Handlers::new().task("work", Policy::default(), move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {
                tokio::time::sleep(TICK * 40).await;
                Outcome::done()
            }
        });
        let worker = worker_of(&docket, handlers, |builder| {
            builder.name(name).lease(TICK * 15)
        });
        tokio::spawn(async move { worker.run_forever().await });
    }
    let execution = submit(&docket, work("k")).await;
    assert_eq!(execution.clone().typed::<()>().result().await, Ok(()));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(execution.delivery().await, Ok(1));
}

pub(crate) async fn two_workers_share_the_work(stage: &Stage) {
    let docket = stage.docket();
    let workers: Vec<_> = ["one", "two"]
        .into_iter()
        .map(|name| {
            let handlers = Handlers::new().task("work", Policy::default(), |delivery| async move {
                let name = delivery.worker().name().to_owned();
                tokio::time::sleep(TICK).await;
                Outcome::json(&name)
            });
            worker_of(&docket, handlers, |builder| {
                builder.name(name).concurrency(2)
            })
        })
        .collect();
    let mut executions = Vec::new();
    for n in 0..8 {
        executions.push(
            submit(&docket, work(&format!("k{n}")))
                .await
                .typed::<String>(),
        );
    }
    let (one, two) = tokio::join!(
        workers[0].run_until_finished(),
        workers[1].run_until_finished()
    );
    assert_eq!((one, two), (Ok(()), Ok(())));
    let mut by_one = 0;
    for execution in executions {
        by_one += usize::from(execution.result().await.unwrap() == "one");
    }
    assert!((2..=6).contains(&by_one), "{by_one} of 8");
}

pub(crate) async fn workers_are_listed_while_alive(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |_| std::future::pending());
    let worker = worker_of(&docket, handlers, |builder| {
        builder.name("lives").shutdown_grace(TICK)
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    reaches(&execution, ExecutionState::Running).await;
    let workers = docket.workers().await.unwrap();
    assert_eq!(workers.len(), 1);
    assert_eq!((&*workers[0].name, workers[0].running), ("lives", 1));
    worker.shutdown();
    call.await.unwrap().unwrap();
    assert!(docket.workers().await.unwrap().is_empty());
}

pub(crate) async fn dropping_the_call_stops_claiming(stage: &Stage) {
    let docket = stage.docket();
    let (starts, mut started) = tokio::sync::mpsc::unbounded_channel();
    let worker = worker(&docket, Policy::default(), move |_| {
        let _ = starts.send(());
        a_tick()
    });
    let first = submit(&docket, work("first")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    // A claim that is dropped before its body starts returns the execution to the queue.
    started.recv().await.unwrap();
    call.abort();
    // The running body finishes.
    reaches(&first, ExecutionState::Completed).await;
    let second = submit(&docket, work("second")).await;
    tokio::time::sleep(TICK * 2).await;
    assert_eq!(second.state().await, Ok(ExecutionState::Queued));
    worker.run_until_finished().await.unwrap();
    assert_eq!(
        second.state().await,
        Ok(ExecutionState::Completed),
        "the worker can be run again"
    );
}

pub(crate) async fn invalid_worker_options_are_refused(stage: &Stage) {
    let docket = stage.docket();
    let build = |options: fn(WorkerBuilder) -> WorkerBuilder| {
        options(Worker::builder(&docket, Arc::new(Handlers::new()))).build()
    };
    for (expected, options) in [
        (
            "concurrency",
            (|builder| builder.concurrency(0)) as fn(WorkerBuilder) -> WorkerBuilder,
        ),
        ("max_deliveries", |builder| builder.max_deliveries(0)),
        ("lease", |builder| builder.lease(Duration::ZERO)),
    ] {
        match build(options) {
            Err(DocketError::Option { option, .. }) => assert_eq!(option, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
}

pub(crate) async fn maximal_durations_are_accepted(stage: &Stage) {
    let docket = stage.docket();
    let handlers = Handlers::new().task("work", Policy::default(), |delivery| async move {
        delivery.next_run().after(Duration::MAX);
        delivery.time_limit().extend(Duration::MAX);
        Outcome::done()
    });
    let worker = worker_of(&docket, handlers, |builder| {
        builder
            .lease(Duration::MAX)
            .shutdown_grace(Duration::MAX)
            .cancel_grace(Duration::MAX)
    });
    let execution = submit(&docket, work("k")).await;
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    reaches(&execution, ExecutionState::Scheduled).await;
    worker.shutdown();
    assert_eq!(call.await.unwrap(), Ok(ShutdownReport::default()));
}

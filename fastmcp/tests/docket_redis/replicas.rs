//! Several processes on one docket, simulated by opening it several times with separate connections.

use std::time::Duration;

use fastmcp::docket::backend::Condition;
use fastmcp::docket::{
    Cancelled, Event, ExecutionState, Handlers, Outcome, Policy, Submission, Worker,
};

use crate::server::RedisServer;
use crate::{TICK, TIME_LIMIT, docket_on, docket_with, in_time, open, server, work, worker_with};

#[tokio::test]
async fn any_process_can_run_an_execution_and_read_its_result() {
    let Some(server) = server::shared() else {
        return;
    };
    let here = docket_on(server);
    let there = open(here.name(), server, |builder| builder);
    let elsewhere = open(here.name(), server, |builder| builder);
    let worker = worker_with(
        &there,
        |builder| builder,
        |delivery| async move {
            delivery.progress().set_total(7).await.unwrap();
            Outcome::json(&delivery.worker().name())
        },
    );
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let execution = here.submit(work("k").after(TICK)).await.unwrap();
    let seen = elsewhere.get("k").await.unwrap().unwrap();
    let mut events = seen.subscribe().await.unwrap();
    let mut states = Vec::new();
    let mut total = None;
    while let Some(event) = in_time(events.next()).await {
        match event {
            Event::State(record) => states.push(record.state),
            Event::Progress(progress) => total = progress.total,
        }
    }
    let expected = [
        ExecutionState::Queued,
        ExecutionState::Running,
        ExecutionState::Completed,
    ];
    assert_eq!(states, expected);
    assert_eq!(total, Some(7));
    let name = in_time(execution.typed::<String>().result()).await.unwrap();
    assert_eq!(name, worker.name());
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_cancellation_reaches_a_body_in_another_process() {
    let Some(server) = server::shared() else {
        return;
    };
    let here = docket_on(server);
    let there = open(here.name(), server, |builder| builder);
    let worker = worker_with(
        &there,
        |builder| builder,
        |delivery| async move {
            delivery.cancellation().cancelled().await;
            Outcome::done()
        },
    );
    let call = tokio::spawn(async move { worker.run_forever().await });
    let execution = here.submit(work("k")).await.unwrap();
    while execution.state().await.unwrap() != ExecutionState::Running {
        tokio::time::sleep(TICK / 10).await;
    }
    assert_eq!(here.cancel("k").await, Ok(Cancelled::Signalled));
    let record = in_time(execution.ended()).await.unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
    call.abort();
}

#[tokio::test]
async fn waiting_ends_when_another_process_finishes_the_work() {
    let Some(server) = server::shared() else {
        return;
    };
    let here = docket_with(server, |builder| builder.capacity(1));
    let there = open(here.name(), server, |builder| builder);
    let mut executions = Vec::new();
    for n in 0..2 {
        executions.push(here.submit(work(&format!("k{n}"))).await);
    }
    assert!(executions.pop().unwrap().is_err(), "the capacity is one");
    let waiting = [Condition::PendingAtMost(0), Condition::Room].map(|condition| {
        let here = here.clone();
        tokio::spawn(async move { here.backend().wait(condition).await })
    });
    tokio::time::sleep(TICK).await;
    assert!(waiting.iter().all(|wait| !wait.is_finished()));
    let worker = worker_with(&there, |builder| builder, |_| async { Outcome::done() });
    in_time(worker.run_until_finished()).await.unwrap();
    for wait in waiting {
        in_time(wait).await.unwrap().unwrap();
    }
}

/// A new worker has a handler that the old workers, which are still running, do not have.
#[tokio::test]
async fn old_workers_pass_new_tasks_on_during_a_deployment() {
    let Some(server) = server::shared() else {
        return;
    };
    let here = docket_on(server);
    let mut calls = Vec::new();
    for n in 0..3 {
        let there = open(here.name(), server, |builder| builder);
        let mut handlers =
            Handlers::new().task("old", Policy::default(), |_| async { Outcome::done() });
        if n == 2 {
            handlers = handlers.task("new", Policy::default(), |_| async { Outcome::done() });
        }
        let worker = Worker::builder(&there, std::sync::Arc::new(handlers))
            .build()
            .unwrap();
        calls.push(tokio::spawn(async move { worker.run_forever().await }));
    }
    tokio::time::sleep(TICK * 2).await;
    for n in 0..20 {
        let task = if n % 2 == 0 { "old" } else { "new" };
        let execution = here.submit(Submission::new(task, "null")).await.unwrap();
        let record = in_time(execution.ended()).await.unwrap();
        assert_eq!(
            record.state,
            ExecutionState::Completed,
            "{task}: {record:?}"
        );
    }
    for call in calls {
        call.abort();
    }
}

/// The other process dies with running executions, and its claims stay registered as sleepers.
#[tokio::test]
async fn the_work_of_a_dead_process_is_taken_over() {
    let Some(server) = server::shared() else {
        return;
    };
    let here = docket_on(server);
    let name = here.name().to_owned();
    let url = server.url();
    // Shutting down a runtime closes its connections, like the end of a process.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let there = fastmcp::docket::Docket::redis(name, &url).unwrap();
            let worker = worker_with(
                &there,
                |builder| builder.concurrency(5).lease(TICK * 5),
                |_| std::future::pending(),
            );
            for n in 0..3 {
                there.submit(work(&format!("k{n}"))).await.unwrap();
            }
            tokio::spawn(async move { worker.run_forever().await });
            while there.snapshot().await.unwrap().running < 3 {
                tokio::time::sleep(TICK / 10).await;
            }
        });
        runtime.shutdown_background();
    })
    .join()
    .unwrap();
    let worker = worker_with(
        &here,
        |builder| builder.lease(TICK * 5),
        |delivery| async move { Outcome::json(&delivery.delivery()) },
    );
    in_time(worker.run_until_finished()).await.unwrap();
    for n in 0..3 {
        let execution = here.get(format!("k{n}")).await.unwrap().unwrap();
        assert_eq!(execution.typed::<u32>().result().await, Ok(2));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_uses_at_most_four_connections() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_on(&server);
    let worker = worker_with(
        &docket,
        |builder| builder.concurrency(100),
        |delivery| async move {
            delivery.progress().increment(1).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
            Outcome::done()
        },
    );
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let mut waits = Vec::new();
    for n in 0..200 {
        let execution = docket.submit(work(&format!("k{n}"))).await.unwrap();
        waits.push(tokio::spawn(async move { execution.ended().await }));
    }
    let mut most = 0;
    for wait in waits {
        let clients = server.send("CLIENT LIST TYPE normal");
        most = most.max(clients.matches("id=").count() - 1);
        tokio::time::timeout(TIME_LIMIT, wait)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
    assert!((2..=4).contains(&most), "{most} connections");
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
}

/// A worker without work sends only an occasional heartbeat.
#[tokio::test]
async fn an_idle_worker_does_not_poll() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_on(&server);
    let worker = worker_with(&docket, |builder| builder, |_| async { Outcome::done() });
    let call = tokio::spawn(async move { worker.run_forever().await });
    tokio::time::sleep(TICK * 5).await;
    let calls = || -> u64 {
        let stats = server.send("INFO commandstats");
        let line = stats
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha:"));
        let count =
            line.and_then(|line| line.split("calls=").nth(1)?.split(',').next()?.parse().ok());
        count.unwrap_or_default()
    };
    let (before, began) = (calls(), std::time::Instant::now());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let calls = calls() - before;
    // A busy machine may take longer.
    let most = began.elapsed().as_secs() / 3 + 2;
    assert!(calls <= most, "{calls} calls instead of {most}");
    call.abort();
}

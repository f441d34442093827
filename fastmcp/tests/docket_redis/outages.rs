//! Broken connections and killed servers: stored executions still run, without waiting for leases to expire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::docket::{DocketError, ExecutionState, Outcome};

use crate::server::RedisServer;
use crate::{TICK, docket_on, docket_with, in_time, open, work, worker_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_connections_lose_nothing_and_run_nothing_twice() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_with(&server, |builder| {
        builder.reconnection_delay(Duration::from_millis(10))
    });
    let runs: Arc<Mutex<HashMap<String, u32>>> = Arc::default();
    let counted = runs.clone();
    // The lease is longer than the test, so that a lost execution would not be redelivered in time.
    let worker = worker_with(
        &docket,
        |builder| builder.concurrency(20).lease(Duration::from_hours(1)),
        move |delivery| {
            let key = delivery.key().to_string();
            *counted.lock().unwrap().entry(key).or_default() += 1;
            async { Outcome::done() }
        },
    );
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let breaker = {
        let server = server.port();
        tokio::spawn(async move {
            // Bounded: on a loaded machine, no step is faster than the next break.
            for _ in 0..400 {
                tokio::time::sleep(Duration::from_millis(7)).await;
                let _ = tokio::task::spawn_blocking(move || {
                    use std::io::{Read as _, Write as _};
                    let mut stream = std::net::TcpStream::connect(("127.0.0.1", server))?;
                    stream.write_all(b"CLIENT KILL TYPE normal SKIPME yes\r\n")?;
                    stream.read(&mut [0; 64])
                })
                .await;
            }
        })
    };
    let mut executions = Vec::new();
    for n in 0..60 {
        let batch = (0..5).map(|m| work(&format!("k{n}-{m}")));
        for answer in in_time(docket.submit_many(batch)).await.unwrap() {
            let execution = answer.unwrap();
            assert!(
                !execution.already_scheduled(),
                "a retried submission is not answered as existing"
            );
            executions.push(execution);
        }
    }
    for execution in &executions {
        let record = in_time(execution.ended()).await.unwrap();
        assert_eq!(
            (record.state, record.delivery),
            (ExecutionState::Completed, 1)
        );
    }
    breaker.abort();
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
    let runs = runs.lock().unwrap();
    assert_eq!(runs.len(), executions.len());
    assert!(runs.values().all(|count| *count == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_redis_loses_nothing() {
    let Some(mut server) = RedisServer::start_on_disk() else {
        return;
    };
    let docket = docket_on(&server);
    let worker = worker_with(
        &docket,
        |builder| builder.lease(Duration::from_secs(5)),
        |_| async {
            tokio::time::sleep(TICK * 3).await;
            Outcome::done()
        },
    );
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let mut executions = Vec::new();
    for round in 0..3 {
        for n in 0..20 {
            executions.push(docket.submit(work(&format!("k{round}-{n}"))).await.unwrap());
        }
        server.kill();
        // This call retries until the server is back.
        let late = tokio::spawn({
            let docket = docket.clone();
            async move { docket.submit(work(&format!("late-{round}"))).await }
        });
        tokio::time::sleep(TICK * 2).await;
        assert!(!late.is_finished());
        server.restart();
        executions.push(in_time(late).await.unwrap().unwrap());
    }
    for execution in executions {
        let record = in_time(execution.ended()).await.unwrap();
        assert_eq!(record.state, ExecutionState::Completed);
    }
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_long_outage_is_an_error_and_stops_no_worker() {
    let Some(mut server) = RedisServer::start_on_disk() else {
        return;
    };
    let docket = docket_on(&server);
    docket.submit(work("before")).await.unwrap();
    server.kill();
    let worker = worker_with(&docket, |builder| builder, |_| async { Outcome::done() });
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let error = in_time(docket.submit(work("during"))).await.unwrap_err();
    assert!(matches!(error, DocketError::Backend(_)), "{error}");
    server.restart();
    let before = docket.get("before").await.unwrap().unwrap();
    in_time(before.ended()).await.unwrap();
    assert!(!call.is_finished());
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
}

/// A reconnected process continues to read its inbox at the last entry it has read.
#[tokio::test]
async fn events_during_a_disconnection_are_delivered_afterwards() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_on(&server);
    let other = open(docket.name(), &server, |builder| builder);
    for _ in 0..5 {
        let execution = docket.submit(work("k")).await.unwrap();
        let waiting = tokio::spawn({
            let execution = execution.clone();
            async move { execution.ended().await }
        });
        tokio::time::sleep(TICK).await;
        server.send("CLIENT KILL TYPE normal SKIPME yes");
        other.cancel("k").await.unwrap();
        let record = in_time(waiting).await.unwrap().unwrap();
        assert_eq!(record.state, ExecutionState::Cancelled);
    }
}

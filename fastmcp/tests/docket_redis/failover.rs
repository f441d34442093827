//! Failovers behind one address: the old primary becomes a replica and keeps its connections open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::docket::{Docket, ExecutionState, Outcome};
use tokio::net::{TcpListener, TcpStream};

use crate::server::RedisServer;
use crate::{TICK, in_time, open, work, worker_with};

/// A port that forwards each new connection to a server that can change, as a virtual IP does.
struct Forwarder {
    port: u16,
    target: Arc<AtomicU16>,
    accepted: Arc<AtomicUsize>,
}

impl Forwarder {
    async fn start(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Arc::new(AtomicU16::new(target));
        let accepted = Arc::new(AtomicUsize::new(0));
        let (to, count) = (target.clone(), accepted.clone());
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                let to = to.load(Ordering::Relaxed);
                tokio::spawn(async move {
                    if let Ok(mut server) = TcpStream::connect(("127.0.0.1", to)).await {
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    }
                });
            }
        });
        Self {
            port,
            target,
            accepted,
        }
    }

    fn docket(&self) -> Docket {
        Docket::builder(format!("test-{:016x}", fastrand::u64(..)))
            .reconnection_delay(Duration::from_millis(20))
            .url(&format!("redis://127.0.0.1:{}", self.port))
            .unwrap()
    }
}

/// Makes `replica` a replica of `primary`, and waits until it has all of its data.
async fn replicate(primary: &RedisServer, replica: &RedisServer) {
    replica.send(&format!("REPLICAOF 127.0.0.1 {}", primary.port()));
    until(|| {
        replica
            .send("INFO replication")
            .contains("master_link_status:up")
    })
    .await;
}

async fn until(condition: impl Fn() -> bool) {
    in_time(async {
        while !condition() {
            tokio::time::sleep(TICK / 5).await;
        }
    })
    .await;
}

fn is_primary(server: &RedisServer) -> bool {
    server.send("INFO replication").contains("role:master")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_behind_one_address_loses_nothing() {
    let (Some(a), Some(b)) = (RedisServer::start(), RedisServer::start()) else {
        return;
    };
    replicate(&a, &b).await;
    let forwarder = Forwarder::start(a.port()).await;
    let docket = forwarder.docket();
    let runs: Arc<Mutex<HashMap<String, u32>>> = Arc::default();
    let counted = runs.clone();
    let worker = worker_with(
        &docket,
        |builder| builder.concurrency(20).lease(Duration::from_hours(1)),
        move |delivery| {
            let key = delivery.key().to_string();
            *counted.lock().unwrap().entry(key).or_default() += 1;
            async {
                tokio::time::sleep(TICK / 10).await;
                Outcome::done()
            }
        },
    );
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    let submitter = tokio::spawn({
        let docket = docket.clone();
        async move {
            let mut executions = Vec::new();
            for n in 0..300 {
                executions.push(docket.submit(work(&format!("k{n}"))).await.unwrap());
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
            executions
        }
    });
    // Twice, so that the successor is demoted as well.
    for (old, new) in [(&a, &b), (&b, &a)] {
        tokio::time::sleep(TICK * 3).await;
        // `FAILOVER` waits until the replica has every write, then the roles change. No connection is closed.
        let answer = old.send(&format!("FAILOVER TO 127.0.0.1 {}", new.port()));
        assert!(answer.starts_with("+OK"), "{answer}");
        until(|| is_primary(new) && !is_primary(old)).await;
        forwarder.target.store(new.port(), Ordering::Relaxed);
    }
    let executions = in_time(submitter).await.unwrap();
    for execution in &executions {
        let record = in_time(execution.ended()).await.unwrap();
        assert_eq!(
            (record.state, record.delivery),
            (ExecutionState::Completed, 1),
            "{}",
            execution.key()
        );
    }
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
    let runs = runs.lock().unwrap();
    assert_eq!(runs.len(), 300);
    assert!(runs.values().all(|count| *count == 1));
    // Two connections per failover would be enough; a process that reconnects without a pause opens thousands.
    let connections = forwarder.accepted.load(Ordering::Relaxed);
    assert!(connections < 100, "{connections} connections");
}

/// The waiting calls of an idle process move to the new primary, too.
#[tokio::test]
async fn a_wait_that_began_before_a_failover_ends_after_it() {
    let (Some(a), Some(b)) = (RedisServer::start(), RedisServer::start()) else {
        return;
    };
    replicate(&a, &b).await;
    let forwarder = Forwarder::start(a.port()).await;
    let docket = forwarder.docket();
    let execution = docket.submit(work("k")).await.unwrap();
    let waiting = tokio::spawn(async move { execution.ended().await });
    until(|| a.send("INFO clients").contains("blocked_clients:1")).await;
    // Replication is asynchronous: the new primary must have the execution.
    let alive = format!("ZCARD {}", crate::key(&docket, "alive"));
    until(|| b.send(&alive).starts_with(":1")).await;
    b.send("REPLICAOF NO ONE");
    forwarder.target.store(b.port(), Ordering::Relaxed);
    a.send(&format!("REPLICAOF 127.0.0.1 {}", b.port()));
    until(|| !is_primary(&a)).await;
    let other = open(docket.name(), &b, |builder| builder);
    other.cancel("k").await.unwrap();
    let record = in_time(waiting).await.unwrap().unwrap();
    assert_eq!(record.state, ExecutionState::Cancelled);
}

/// After `FLUSHALL` nothing in Redis refers to a waiting process. Its next call registers it again.
#[tokio::test]
async fn a_flush_is_noticed_at_the_next_call() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = crate::docket_on(&server);
    let lost = docket
        .submit(work("lost").after(TICK * 36_000))
        .await
        .unwrap();
    let waiting = tokio::spawn(async move { lost.ended().await });
    until(|| server.send("INFO clients").contains("blocked_clients:1")).await;
    server.send("FLUSHALL");
    let second = docket
        .submit(work("second").after(TICK * 36_000))
        .await
        .unwrap();
    let nodes = server.send(&format!("ZCARD {}", crate::key(&docket, "nodes")));
    assert!(
        nodes.starts_with(":1"),
        "the call registers the process: {nodes}"
    );
    // The record is gone, so the wait for it ends.
    in_time(waiting).await.unwrap().unwrap_err();
    let ending = tokio::spawn(async move { second.ended().await });
    tokio::time::sleep(TICK).await;
    let other = open(docket.name(), &server, |builder| builder);
    other.cancel("second").await.unwrap();
    in_time(ending).await.unwrap().unwrap();
}

#[tokio::test]
async fn resp3_works_like_resp2() {
    let Some(server) = crate::server::shared() else {
        return;
    };
    let url = format!("{}/?protocol=resp3", server.url());
    let docket = Docket::redis(format!("test-{:016x}", fastrand::u64(..)), &url).unwrap();
    docket.check().await.unwrap();
    let worker = worker_with(&docket, |builder| builder, |_| async { Outcome::json(&7) });
    let execution = docket.submit(work("k")).await.unwrap();
    let waiting = tokio::spawn(async move { execution.typed::<u8>().result().await });
    in_time(worker.run_until_finished()).await.unwrap();
    assert_eq!(in_time(waiting).await.unwrap(), Ok(7));
    assert!(docket.get("unknown").await.unwrap().is_none());
    docket.snapshot().await.unwrap();
}

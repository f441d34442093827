//! Expiry: every key of a finished docket except its root has a time to live.

use fastmcp::docket::{
    ConcurrencyLimit, Cooldown, Docket, Limits, Outcome, Priority, RateLimit, WhileRunning,
};

use crate::server::RedisServer;
use crate::{TICK, docket_with, in_time, key, work, worker_with};

/// Returns the keys of the docket, and whether each has a time to live.
fn keys_of(server: &RedisServer, docket: &Docket) -> Vec<(String, bool)> {
    let answer = server.send(&format!("KEYS {{fastmcp:{}}}:*", docket.name()));
    answer
        .lines()
        .filter(|line| line.starts_with("{fastmcp:"))
        .map(|name| {
            let ttl = server.send(&format!("PTTL \"{name}\""));
            (name.trim().to_owned(), !ttl.starts_with(":-1"))
        })
        .collect()
}

#[tokio::test]
async fn every_key_but_the_root_expires() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_with(&server, |builder| {
        builder.result_ttl(TICK * 10).capacity(100)
    });
    let lane = |n: usize| Limits {
        concurrency: Some(ConcurrencyLimit {
            lane: format!("lane-{}", n % 3).into(),
            at_most: 1,
        }),
        rate: Some(RateLimit {
            lane: "rate".into(),
            at_most: 50,
            per: TICK,
        }),
        cooldown: Some(Cooldown {
            lane: format!("cool-{n}").into(),
            quiet: TICK,
        }),
    };
    let worker = worker_with(
        &docket,
        |builder| builder.lease(TICK * 10),
        |_| async { Outcome::done() },
    );
    for n in 0..30 {
        let submission = work(&format!("k{n}"))
            .limits(lane(n))
            .priority(match n % 3 {
                0 => Priority::High,
                1 => Priority::Normal,
                _ => Priority::Low,
            });
        let execution = docket.submit(submission).await.unwrap();
        if n % 5 == 0 {
            execution.subscribe().await.unwrap();
        }
    }
    docket
        .submit(work("cancelled").after(TICK * 600))
        .await
        .unwrap();
    docket
        .submit(work("replaced").after(TICK * 600))
        .await
        .unwrap();
    let replacement = work("replaced").replace(WhileRunning::Queue);
    docket.submit(replacement).await.unwrap();
    docket
        .submit(work("kept").keep_for(TICK * 10))
        .await
        .unwrap();
    docket.cancel("cancelled").await.unwrap();
    docket.strike("work").await.unwrap();
    docket.restore("work").await.unwrap();
    in_time(worker.run_until_finished()).await.unwrap();

    let keys = keys_of(&server, &docket);
    assert!(keys.len() > 60, "{keys:?}");
    let persistent: Vec<&str> = keys
        .iter()
        .filter(|(_, expires)| !expires)
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(persistent, [key(&docket, "root")]);

    // After the results have expired, only the root and the registrations of this process are left.
    let begin = std::time::Instant::now();
    loop {
        let mut left: Vec<String> = keys_of(&server, &docket)
            .into_iter()
            .map(|(name, _)| name.rsplit("}:").next().unwrap_or_default().to_owned())
            .map(|name| name.trim_start_matches("2:").to_owned())
            .filter(|name| !name.starts_with("in:") && !name.starts_with("w:"))
            .filter(|name| !["nodes", "workers", "sleepers"].contains(&name.as_str()))
            .collect();
        left.sort_unstable();
        if left == ["root"] {
            break;
        }
        assert!(begin.elapsed() < crate::TIME_LIMIT, "{left:?}");
        tokio::time::sleep(TICK * 5).await;
    }
}

#[tokio::test]
async fn the_number_of_results_is_limited() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_with(&server, |builder| builder.result_capacity(10));
    let batch = (0..100).map(|n| work(&format!("k{n}")));
    docket.submit_many(batch).await.unwrap();
    let worker = worker_with(&docket, |builder| builder, |_| async { Outcome::done() });
    in_time(worker.run_until_finished()).await.unwrap();
    let keys = keys_of(&server, &docket);
    let count = |prefix: &str| {
        let prefix = key(&docket, prefix);
        keys.iter()
            .filter(|(name, _)| name.starts_with(&prefix))
            .count()
    };
    assert_eq!((count("x:"), count("k:")), (10, 10));
}

//! Errors from Redis and unusable URLs: the message says how to fix them and hides the password.

use fastmcp::docket::{Docket, DocketError, ExecutionState, Outcome, Submission};

use crate::server::RedisServer;
use crate::{docket_on, idle_worker, in_time, open, work, worker_with};

async fn refusal(url: &str) -> String {
    let docket = Docket::redis("jobs", url).expect("a URL");
    let error = in_time(docket.check()).await.unwrap_err();
    assert!(matches!(error, DocketError::Backend(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn errors_about_credentials_hide_the_password() {
    let Some(server) = RedisServer::start_with(&["--save", "", "--requirepass", "correct-horse"])
    else {
        return;
    };
    let port = server.port();
    for url in [
        format!("redis://127.0.0.1:{port}"),
        format!("redis://:battery-staple@127.0.0.1:{port}"),
        format!("redis://nobody:battery-staple@127.0.0.1:{port}"),
    ] {
        let error = refusal(&url).await;
        assert!(error.contains("user and password"), "{error}");
        assert!(error.contains(&format!("127.0.0.1:{port}")), "{error}");
        assert!(!error.contains("battery-staple"), "{error}");
    }
    let docket =
        Docket::redis("jobs", &format!("redis://:correct-horse@127.0.0.1:{port}")).unwrap();
    docket.check().await.unwrap();
    assert!(!format!("{docket:?} {:?}", docket.backend()).contains("correct-horse"));
}

#[tokio::test]
async fn an_invalid_url_is_refused_at_once() {
    for (url, expected) in [
        ("jobs.db", "memory://"),
        ("http://localhost", "redis://"),
        ("redis://", "URL"),
        ("redis://localhost:port", "URL"),
        ("redis://:secret@localhost/five", "URL"),
    ] {
        match Docket::redis("jobs", url) {
            Err(error @ DocketError::Url { .. }) => {
                let text = error.to_string();
                assert!(text.contains(expected), "{url}: {text}");
                assert!(!text.contains("secret"), "{text}");
            }
            other => panic!("{url}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_connection_error_names_the_address() {
    // Nothing listens on port 1.
    let error = refusal("redis://:secret@127.0.0.1:1/3").await;
    assert!(error.contains("redis://127.0.0.1:1/3"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn tls_to_a_server_without_it_is_an_error() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let error = refusal(&format!("rediss://127.0.0.1:{}", server.port())).await;
    assert!(error.contains("rediss://127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_read_only_replica_is_a_clear_error() {
    let (Some(primary), Some(replica)) = (RedisServer::start(), RedisServer::start()) else {
        return;
    };
    let docket = docket_on(&primary);
    docket.submit(work("k")).await.unwrap();
    replica.say(&format!("REPLICAOF 127.0.0.1 {}", primary.port()));
    let begin = std::time::Instant::now();
    while !replica
        .say("INFO replication")
        .contains("master_link_status:up")
    {
        assert!(begin.elapsed() < crate::AT_MOST);
        tokio::time::sleep(crate::TICK).await;
    }
    let docket = open(docket.name(), &replica, |builder| builder);
    for error in [
        docket.check().await.unwrap_err(),
        docket.submit(work("other")).await.unwrap_err(),
    ] {
        assert!(
            error.to_string().contains("address of the primary"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_full_redis_refuses_submissions_and_runs_existing_ones() {
    let Some(server) = RedisServer::start_with(&["--save", "", "--maxmemory", "8mb"]) else {
        return;
    };
    let docket = docket_on(&server);
    let payload = format!("\"{}\"", "x".repeat(50_000));
    let mut taken = Vec::new();
    let error = loop {
        let submission = Submission::new("work", payload.clone());
        match docket.submit(submission).await {
            Ok(execution) => taken.push(execution),
            Err(error) => break error,
        }
        assert!(taken.len() < 10_000, "it never gets full");
    };
    assert!(error.to_string().contains("maxmemory"), "{error}");
    assert!(taken.len() > 10, "{}", taken.len());
    in_time(idle_worker(&docket).run_until_finished())
        .await
        .unwrap();
    for execution in taken {
        assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    }
    docket.submit(work("there is room again")).await.unwrap();
}

#[tokio::test]
async fn a_large_result_is_returned_and_a_too_large_one_fails() {
    let Some(server) = crate::server::shared() else {
        return;
    };
    let docket = crate::docket_with(server, |builder| builder.max_result(200_000));
    let worker = worker_with(
        &docket,
        |builder| builder,
        |delivery| async move {
            let length: usize = serde_json::from_slice(delivery.payload()).unwrap();
            Outcome::json(&"x".repeat(length))
        },
    );
    let call = tokio::spawn(async move { worker.run_forever().await });
    let large = docket
        .submit(Submission::new("work", "150000"))
        .await
        .unwrap();
    let result = in_time(large.typed::<String>().result()).await.unwrap();
    assert_eq!(result.len(), 150_000);
    let larger = docket
        .submit(Submission::new("work", "250000"))
        .await
        .unwrap();
    let error = in_time(larger.result()).await.unwrap_err();
    assert!(error.to_string().contains("the limit is 200000"), "{error}");
    call.abort();
}

//! Errors of Redis and invalid URLs: the message suggests a fix and contains no password.

use fastmcp::docket::{Docket, DocketError, ExecutionState, Outcome, Submission};

use crate::server::RedisServer;
use crate::{docket_on, idle_worker, in_time, open, work, worker_with};

/// Returns the error of a connection attempt.
async fn connection_error(url: &str) -> String {
    let docket = Docket::redis("jobs", url).expect("the URL is valid");
    let error = in_time(docket.check()).await.unwrap_err();
    assert!(matches!(error, DocketError::Backend(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn an_authentication_error_contains_no_password() {
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
        let error = connection_error(&url).await;
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
async fn an_invalid_url_is_refused_immediately() {
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
async fn a_connection_error_contains_the_address() {
    // No server listens on port 1.
    let error = connection_error("redis://:secret@127.0.0.1:1/3").await;
    assert!(error.contains("redis://127.0.0.1:1/3"), "{error}");
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn tls_to_a_plain_server_is_an_error() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let error = connection_error(&format!("rediss://127.0.0.1:{}", server.port())).await;
    assert!(error.contains("rediss://127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_read_only_replica_error_refers_to_the_primary() {
    let (Some(primary), Some(replica)) = (RedisServer::start(), RedisServer::start()) else {
        return;
    };
    let docket = docket_on(&primary);
    docket.submit(work("k")).await.unwrap();
    replica.send(&format!("REPLICAOF 127.0.0.1 {}", primary.port()));
    let begin = std::time::Instant::now();
    while !replica
        .send("INFO replication")
        .contains("master_link_status:up")
    {
        assert!(begin.elapsed() < crate::TIME_LIMIT);
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
async fn a_full_redis_refuses_submissions_and_runs_stored_executions() {
    let Some(server) = RedisServer::start_with(&["--save", "", "--maxmemory", "8mb"]) else {
        return;
    };
    let docket = docket_on(&server);
    let payload = format!("\"{}\"", "x".repeat(50_000));
    let mut accepted = Vec::new();
    let error = loop {
        let submission = Submission::new("work", payload.clone());
        match docket.submit(submission).await {
            Ok(execution) => accepted.push(execution),
            Err(error) => break error,
        }
        assert!(accepted.len() < 10_000, "Redis never ran out of memory");
    };
    assert!(error.to_string().contains("maxmemory"), "{error}");
    assert!(
        matches!(&error, DocketError::Backend(error) if error.code() == Some("OOM")),
        "{error:?}"
    );
    assert!(accepted.len() > 10, "{}", accepted.len());
    in_time(idle_worker(&docket).run_until_finished())
        .await
        .unwrap();
    for execution in accepted {
        assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    }
    docket.submit(work("after-draining")).await.unwrap();
}

#[tokio::test]
async fn a_large_result_is_returned_whole_and_an_oversized_one_fails() {
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

/// A server that evicts keys would delete waiting executions.
#[tokio::test]
async fn a_redis_that_evicts_keys_is_refused() {
    for policy in [
        "allkeys-lru",
        "volatile-lru",
        "allkeys-random",
        "volatile-ttl",
    ] {
        let Some(server) = RedisServer::start_with(&["--save", "", "--maxmemory-policy", policy])
        else {
            return;
        };
        for protocol in ["resp2", "resp3"] {
            let url = format!("{}/?protocol={protocol}", server.url());
            let error = Docket::redis("jobs", &url)
                .unwrap()
                .check()
                .await
                .unwrap_err();
            let text = error.to_string();
            assert!(
                text.contains(policy) && text.contains("noeviction"),
                "{text}"
            );
        }
        crate::docket_with(&server, fastmcp::docket::DocketBuilder::allow_eviction)
            .check()
            .await
            .unwrap();
        server.send("CONFIG SET maxmemory-policy noeviction");
        docket_on(&server).check().await.unwrap();
    }
}

/// Hosting services hide `INFO` or `CONFIG`, or both.
#[tokio::test]
async fn a_hidden_eviction_policy_is_read_elsewhere_or_accepted() {
    let Some(server) =
        RedisServer::start_with(&["--save", "", "--maxmemory-policy", "allkeys-lfu"])
    else {
        return;
    };
    server.send("ACL SETUSER noinfo on >x ~* &* +@all -info");
    server.send("ACL SETUSER neither on >x ~* &* +@all -info -config");
    let check = async |user: &str| {
        let url = format!("redis://{user}:x@127.0.0.1:{}", server.port());
        Docket::redis("jobs", &url).unwrap().check().await
    };
    let error = check("noinfo").await.unwrap_err();
    assert!(error.to_string().contains("allkeys-lfu"), "{error}");
    check("neither").await.unwrap();
}

/// The kind of an error is its code.
#[tokio::test]
async fn an_error_has_the_code_of_redis_and_its_advice() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    server.send("ACL SETUSER reader on >x ~* &* +@read +@connection");
    let reader = Docket::redis(
        "jobs",
        &format!("redis://reader:x@127.0.0.1:{}", server.port()),
    );
    let docket = docket_on(&server);
    docket.check().await.unwrap();
    server.send(&format!("SET {} text", crate::key(&docket, "alive")));
    let cases = [
        (reader.unwrap().check().await, "NOPERM", "permission"),
        (docket.check().await, "WRONGTYPE", "TYPE"),
    ];
    for (answer, code, advice) in cases {
        let DocketError::Backend(error) = answer.unwrap_err() else {
            panic!("{code}: another error");
        };
        assert_eq!(error.code(), Some(code), "{error}");
        assert!(error.to_string().contains(advice), "{error}");
    }
}

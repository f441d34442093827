//! Writes of other programs to a docket's keys cause dead letters or clear errors, and stop no worker.

use fastmcp::docket::{DocketError, ExecutionState};

use crate::{docket_on, idle_worker, in_time, key, server, work};

#[tokio::test]
async fn an_unreadable_entry_becomes_a_dead_letter() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    docket.check().await.unwrap();
    let worker = idle_worker(&docket);
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    for set in ["ready", "later", "timed", "leases", "kept"] {
        server.send(&format!("ZADD {} 1 foreign-{set}", key(&docket, set)));
    }
    // An incomplete execution.
    server.send(&format!("HSET {} state queued", key(&docket, "x:half")));
    server.send(&format!("ZADD {} 1 half", key(&docket, "ready")));
    server.send(&format!("SET {} text", key(&docket, "x:text")));
    server.send(&format!("ZADD {} 1 text", key(&docket, "ready")));
    let good = docket.submit(work("good")).await.unwrap();
    in_time(good.ended()).await.unwrap();

    let letters = docket.dead_letters().await.unwrap();
    // `kept` is missing: an elapsed retention period of an execution that does not exist needs no dead letter.
    let mut keys: Vec<&str> = letters.iter().map(|letter| &*letter.key).collect();
    keys.sort_unstable();
    let expected = [
        "unreadable:foreign-later",
        "unreadable:foreign-leases",
        "unreadable:foreign-ready",
        "unreadable:foreign-timed",
        "unreadable:half",
        "unreadable:text",
    ];
    assert_eq!(keys, expected);
    let reason = letters[0].reason.as_deref().unwrap();
    assert!(reason.contains("cannot be read"), "{reason}");
    // The entry can be replayed like any dead letter, and is still unreadable.
    let again = docket.replay("unreadable:half").await.unwrap();
    assert_eq!(
        in_time(again.ended()).await.unwrap().state,
        ExecutionState::Dead
    );
    assert!(!call.is_finished());
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

#[tokio::test]
async fn a_key_of_another_type_is_overwritten() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    server.send(&format!("RPUSH {} a b", key(&docket, "k:mine")));
    assert!(docket.get("mine").await.unwrap().is_none());
    let execution = docket.submit(work("mine")).await.unwrap();
    assert!(!execution.already_scheduled());
    in_time(idle_worker(&docket).run_until_finished())
        .await
        .unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
}

#[tokio::test]
async fn a_queue_of_another_type_is_an_error_and_stops_no_worker() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    let worker = idle_worker(&docket);
    let call = tokio::spawn({
        let worker = worker.clone();
        async move { worker.run_forever().await }
    });
    server.send(&format!("SET {} nonsense", key(&docket, "ready")));
    let error = docket.submit(work("k")).await.unwrap_err();
    assert!(matches!(error, DocketError::Backend(_)));
    let text = error.to_string();
    assert!(
        text.contains("WRONGTYPE") && text.contains("redis://127.0.0.1"),
        "{text}"
    );
    server.send(&format!("DEL {}", key(&docket, "ready")));
    let later = docket.submit(work("later")).await.unwrap();
    in_time(later.ended()).await.unwrap();
    assert!(!call.is_finished());
    worker.shutdown();
    in_time(call).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_unsupported_layout_version_is_refused() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    docket.submit(work("k")).await.unwrap();
    let worker = idle_worker(&docket);
    for version in ["0", "3"] {
        server.send(&format!("HSET {} version {version}", key(&docket, "root")));
        for error in [
            docket.check().await.unwrap_err(),
            docket.submit(work("other")).await.unwrap_err(),
        ] {
            assert!(
                error.to_string().contains(&format!("layout {version}")),
                "{error}"
            );
        }
    }
    let call = tokio::spawn(async move { worker.run_until_finished().await });
    tokio::time::sleep(crate::TICK * 3).await;
    assert!(!call.is_finished(), "the worker retries");
    server.send(&format!("HSET {} version 2", key(&docket, "root")));
    in_time(call).await.unwrap().unwrap();
    let execution = docket.get("k").await.unwrap().unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
}

/// The results of an older program expire. Its other executions would be lost, so they have to end first.
#[tokio::test]
async fn a_docket_of_an_older_program_is_taken_over_once_it_is_finished() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    let old = |name: &str| format!("{{fastmcp:{}}}:{name}", docket.name());
    let far = "9000000000000000";
    server.send(&format!(
        "HSET {} version 1 id {far} token {far} paused 1 completed:work 7",
        old("root")
    ));
    server.send(&format!("SADD {} idle", old("struck")));
    server.send(&format!("HSET {} key k state completed", old("x:5")));
    server.send(&format!("SET {} 5", old("k:k")));
    for (set, problem) in [("alive", "1 executions"), ("dead", "1 dead letters")] {
        server.send(&format!("ZADD {} {far} 5", old(set)));
        for error in [
            docket.check().await.unwrap_err(),
            docket.submit(work("k")).await.unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(
                text.contains("layout 1") && text.contains(problem),
                "{text}"
            );
            assert!(
                text.contains("let the workers of that program finish"),
                "{text}"
            );
        }
        server.send(&format!("DEL {}", old(set)));
    }
    let execution = docket.submit(work("k")).await.unwrap();
    assert!(!execution.already_scheduled());
    // Numbers are still unique, and the docket is still paused.
    assert!(execution.id().0 > 9_000_000_000_000_000);
    let stats = docket.stats().await.unwrap();
    assert!(stats.paused);
    assert_eq!((stats.counts.queued, stats.counts.completed), (1, 0));
    docket.resume().await.unwrap();
    in_time(idle_worker(&docket).run_until_finished())
        .await
        .unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    assert_eq!(docket.snapshot().await.unwrap().struck.len(), 1);
}

/// Names are arbitrary text, and each has one line in the text of an execution.
#[tokio::test]
async fn names_with_line_feeds_are_kept() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    let names = ["two\nlines", "a\\nb", "\n", "\\", "x\n1 work\nk\nbody"];
    let batch = names.map(work);
    for answer in docket.submit_many(batch).await.unwrap() {
        answer.unwrap();
    }
    in_time(idle_worker(&docket).run_until_finished())
        .await
        .unwrap();
    for name in names {
        let execution = docket.get(name).await.unwrap().unwrap();
        let record = execution.record().await.unwrap();
        assert_eq!(
            (&*record.key, record.state),
            (name, ExecutionState::Completed)
        );
    }
}

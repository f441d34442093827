//! Executions without options take the lean scripts; all others the complete one, with the same results.

use std::time::Duration;

use fastmcp::docket::backend::{Claim, Settled, Settlement};
use fastmcp::docket::{ExecutionState, Outcome};

use crate::{docket_on, in_time, key, server, work};

/// Only the lean scripts give a whole batch one position, and mark the text of an execution as its result.
#[tokio::test]
async fn executions_without_options_take_the_lean_scripts() {
    let Some(server) = server::shared() else {
        return;
    };
    let docket = docket_on(server);
    docket.check().await.unwrap();
    let batch = ["a", "b", "c"].map(work);
    for answer in docket.submit_many(batch).await.unwrap() {
        answer.unwrap();
    }
    let noted = docket.submit(work("noted").note("n")).await.unwrap();
    let ready = server.send(&format!("ZRANGE {} 0 -1 WITHSCORES", key(&docket, "ready")));
    let lines: Vec<&str> = ready
        .lines()
        .filter(|line| !line.starts_with(['*', '$']))
        .collect();
    let scores: Vec<&str> = lines.iter().skip(1).step_by(2).copied().collect();
    assert_eq!(scores.len(), 4, "{ready}");
    assert!(
        scores[..3].iter().all(|score| *score == scores[0]),
        "{ready}"
    );
    assert_ne!(scores[3], scores[0], "{ready}");

    let claim = || Claim::new("w".into(), 3, Duration::from_hours(1), 3);
    let backend = docket.backend();
    let runs = in_time(backend.claim(claim())).await.unwrap();
    assert_eq!(runs.len(), 3);
    let rest = in_time(backend.claim(claim())).await.unwrap();
    assert_eq!(rest[0].note.as_deref(), Some(&b"n"[..]));
    // One batch of both forms.
    let batch: Vec<Settlement> = runs
        .iter()
        .chain(&rest)
        .map(|run| Settlement::new(run.lease, Outcome::done()))
        .collect();
    let settled = backend.settle(&batch).await.unwrap();
    assert_eq!(settled, [Settled::Done(ExecutionState::Completed); 4]);
    assert_eq!(backend.settle(&batch).await.unwrap(), [Settled::Fenced; 4]);
    for run in &runs {
        let text = format!("x:{}", run.lease.id.0);
        let head = server.send(&format!("GETRANGE {} 0 1", key(&docket, &text)));
        assert!(head.contains("c="), "{head}");
    }
    assert_eq!(noted.state().await, Ok(ExecutionState::Completed));
}

/// A single submission has a script of its own. It writes the same as a batch does.
#[tokio::test]
async fn a_single_execution_is_stored_like_one_of_a_batch() {
    let Some(server) = server::RedisServer::start() else {
        return;
    };
    let docket = docket_on(&server);
    docket.submit(work("first")).await.unwrap();
    let scripts = || {
        let stats = server.send("INFO commandstats");
        let line = stats
            .lines()
            .find(|line| line.starts_with("cmdstat_evalsha"));
        line.and_then(|line| line.split(['=', ',']).nth(1)?.parse::<u64>().ok())
    };
    let before = scripts().unwrap();
    let alone = docket.submit(work("a")).await.unwrap();
    assert_eq!(
        scripts(),
        Some(before + 1),
        "the complete script was not called"
    );
    let mut ids = vec![alone.id()];
    for answer in docket.submit_many(["b", "c"].map(work)).await.unwrap() {
        ids.push(answer.unwrap().id());
    }
    let texts = ids.iter().map(|id| {
        let text = server.send(&format!("GET {}", key(&docket, &format!("x:{}", id.0))));
        // Times, nonces and keys differ, their places do not.
        text.chars()
            .map(|c| if c.is_ascii_alphanumeric() { '0' } else { c })
            .collect::<String>()
    });
    let texts: Vec<String> = texts.collect();
    assert_eq!(texts[0], texts[1]);
    assert_eq!(docket.stats().await.unwrap().counts.queued, 4);
    // A repeated key keeps the execution that has it.
    docket.submit(work("a")).await.unwrap();
    assert_eq!(docket.stats().await.unwrap().counts.queued, 4);
    let backend = docket.backend();
    let claim = Claim::new("w".into(), 9, Duration::from_hours(1), 9);
    let runs = in_time(backend.claim(claim)).await.unwrap();
    let keys: Vec<&str> = runs.iter().map(|run| &*run.key).collect();
    assert_eq!(keys, ["first", "a", "b", "c"]);
}

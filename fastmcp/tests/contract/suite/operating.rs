//! Dead letters of failed executions, lists, statistics, changes of many executions, and limits of what is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use fastmcp::docket::backend::Settlement;
use fastmcp::docket::{
    Changed, Docket, DocketError, ExecutionState, Failure, Filter, Key, Outcome, Policy, Priority,
    Record, Repeat, Retry, Stats, Submission,
};

use crate::stage::{
    LEASE, SLOTS, Stage, TICK, claim, claim_one, completed, settle, submit, work, worker,
};

fn failed(message: &str) -> Outcome {
    Outcome::Failed(Failure::error(message))
}

fn keys(records: &[Record]) -> Vec<&str> {
    records.iter().map(|record| &*record.key).collect()
}

/// Returns all executions that match, read in pages of two.
async fn list(docket: &Docket, filter: &Filter) -> Vec<Record> {
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let page = docket.list(filter, after, 2).await.unwrap();
        assert!(page.executions.len() <= 2);
        assert!(
            page.executions.len() == 2 || page.next.is_none(),
            "only the last page is short"
        );
        records.extend(page.executions);
        after = page.next;
        if after.is_none() {
            return records;
        }
    }
}

/// Ends the execution of `key` with an outcome, in its first run.
async fn end_with(docket: &Docket, submission: Submission, outcome: Outcome) {
    submit(docket, submission).await;
    let run = claim_one(docket, "w").await;
    settle(docket, run.lease, outcome).await;
}

pub(crate) async fn a_failed_execution_is_kept_as_a_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2),
        ..Policy::default()
    };
    let broken = worker(&docket, policy, |run| async move {
        Outcome::Failed(Failure::error(format!("attempt {} failed", run.attempt())))
    });
    let submission = Submission::new("work", r#"{"n":7}"#).key("k").note("note");
    let execution = submit(&docket, submission).await;
    broken.run_until_finished().await.unwrap();
    assert!(matches!(
        execution.result().await,
        Err(DocketError::Failed { attempts: 2, .. })
    ));
    let letter = docket.dead_letters().await.unwrap().remove(0);
    assert_eq!((letter.state, letter.attempt), (ExecutionState::Failed, 2));
    assert_eq!(letter.failure.unwrap().message, "attempt 2 failed");
    let incidents: Vec<&str> = letter.history.iter().map(|it| &*it.what).collect();
    assert_eq!(incidents, ["attempt 1 failed", "attempt 2 failed"]);
    assert_eq!(docket.snapshot().await.unwrap().dead, 1);

    // Its payload and note are still there.
    let fixed = worker(&docket, Policy::default(), |run| async move {
        let note = run.note().cloned().unwrap_or_default();
        Outcome::json(&format!(
            "{} {}",
            String::from_utf8_lossy(run.payload()),
            String::from_utf8_lossy(&note)
        ))
    });
    let again = docket.replay("k").await.unwrap().typed::<String>();
    fixed.run_until_finished().await.unwrap();
    assert_eq!(again.result().await, Ok(r#"{"n":7} note"#.into()));
    assert!(docket.dead_letters().await.unwrap().is_empty());
    assert_eq!(execution.state().await, Ok(ExecutionState::Failed));
}

pub(crate) async fn a_policy_can_discard_failed_executions(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        discard_failed: true,
        ..Policy::default()
    };
    let worker = worker(&docket, policy, |_| async { failed("no luck") });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Failed));
    assert!(docket.dead_letters().await.unwrap().is_empty());
    assert!(matches!(
        docket.replay("k").await,
        Err(DocketError::NoDeadLetter { .. })
    ));
}

/// A replacement does the work of the failed execution, and a kept one must not change.
pub(crate) async fn a_superseded_or_kept_failure_is_no_dead_letter(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let replacement = work("k").replace(fastmcp::docket::WhileRunning::Queue);
    submit(&docket, replacement).await;
    settle(&docket, run.lease, failed("old")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.lease, completed("1")).await;
    let kept = work("kept").keep_for(Duration::from_hours(1));
    end_with(&docket, kept, failed("kept")).await;
    // A perpetual task goes on after a failure.
    let repeats = Policy {
        repeat: Some(Repeat::Every(TICK)),
        ..Policy::default()
    };
    let worker = worker(&docket, repeats, |_| async { failed("again") });
    submit(&docket, work("repeats")).await;
    worker
        .run_at_most([(Key::from("repeats"), 1)])
        .await
        .unwrap();
    let letters = docket.dead_letters().await.unwrap();
    assert_eq!(keys(&letters), ["repeats"], "only the last run is final");
}

pub(crate) async fn lists_are_paged_in_the_order_of_submission(stage: &Stage) {
    let docket = stage.docket();
    assert_eq!(
        docket.list(&Filter::new(), None, 5).await.unwrap().next,
        None
    );
    let batch = ["a", "b", "c", "d", "e"].map(work);
    docket.submit_many(batch).await.unwrap();
    for run in claim(&docket, "w", 2).await {
        settle(&docket, run.lease, completed("1")).await;
    }
    assert_eq!(
        keys(&list(&docket, &Filter::new()).await),
        ["a", "b", "c", "d", "e"],
        "ended or not"
    );
    // Changes between two pages shift nothing.
    let first = docket.list(&Filter::new(), None, 3).await.unwrap();
    submit(&docket, work("f")).await;
    docket.purge(&Filter::new().key("a")).await.unwrap();
    let second = docket.list(&Filter::new(), first.next, 10).await.unwrap();
    assert_eq!(keys(&second.executions), ["d", "e", "f"]);
    assert_eq!(second.next, None);
    let newest = Filter::new().newest_first();
    let first = docket.list(&newest, None, 3).await.unwrap();
    assert_eq!(keys(&first.executions), ["f", "e", "d"]);
    submit(&docket, work("g")).await;
    let second = docket.list(&newest, first.next, 2).await.unwrap();
    assert_eq!(keys(&second.executions), ["c", "b"]);
    let last = docket.list(&newest, second.next, 2).await;
    assert!(second.next.is_none() || last.unwrap().executions.is_empty());
    // It has no effect on changes.
    let retried = docket.discard(&newest.key("g")).await.unwrap();
    assert_eq!(retried.changed, 1);
    let json = serde_json::to_string(&first.next).unwrap();
    assert_eq!(
        serde_json::from_str::<Option<fastmcp::docket::Cursor>>(&json).unwrap(),
        first.next
    );
}

pub(crate) async fn the_payload_of_pending_executions_and_dead_letters_is_readable(stage: &Stage) {
    let docket = stage.docket();
    let waits = submit(&docket, Submission::new("work", r#"{"n":1}"#)).await;
    let payload = async |id| {
        let payload = docket.payload(id).await.unwrap();
        payload.map(|it| String::from_utf8(it.to_vec()).unwrap())
    };
    assert_eq!(payload(waits.id()).await.as_deref(), Some(r#"{"n":1}"#));
    let lease = claim_one(&docket, "w").await.lease;
    settle(&docket, lease, failed("x")).await;
    assert_eq!(payload(waits.id()).await.as_deref(), Some(r#"{"n":1}"#));
    docket.discard(&Filter::new().id(waits.id())).await.unwrap();
    assert_eq!(payload(waits.id()).await, None, "an ordinary result");
    assert_eq!(payload(fastmcp::docket::ExecutionId(77)).await, None);
}

pub(crate) async fn every_condition_of_a_filter_selects(stage: &Stage) {
    let docket = stage.docket();
    let task = |task: &str, key: &str| Submission::new(task.to_owned(), "null").key(key);
    end_with(&docket, task("mail", "m-done"), completed("1")).await;
    end_with(&docket, task("mail", "m-failed"), failed("x")).await;
    let reason = "x".into();
    end_with(
        &docket,
        task("mail", "m-dead"),
        Outcome::Undecodable { reason },
    )
    .await;
    tokio::time::sleep(TICK / 10).await;
    let old = docket.backend().now().await.unwrap();
    tokio::time::sleep(TICK / 10).await;
    end_with(&docket, task("scan", "s-done"), completed("1")).await;
    let running = submit(&docket, task("scan", "s-running")).await;
    claim_one(&docket, "w").await;
    submit(&docket, task("scan", "s-queued")).await;
    submit(&docket, task("mail", "m-later").after(TICK * 1000)).await;
    let new = Filter::new;
    for (filter, expected) in [
        (
            new().state(ExecutionState::Completed),
            &["m-done", "s-done"][..],
        ),
        (
            new()
                .state(ExecutionState::Queued)
                .state(ExecutionState::Scheduled),
            &["s-queued", "m-later"],
        ),
        (new().state(ExecutionState::Running), &["s-running"]),
        (new().dead_letters(), &["m-failed", "m-dead"]),
        (
            new().dead_letters().state(ExecutionState::Dead),
            &["m-dead"],
        ),
        (new().task("scan"), &["s-done", "s-running", "s-queued"]),
        (new().key("s-done"), &["s-done"]),
        (new().key("s"), &[]),
        (new().key_prefix("s-"), &["s-done", "s-running", "s-queued"]),
        (new().id(running.id()), &["s-running"]),
        (
            new()
                .submitted_since(old)
                .submitted_before(old + TICK * 100_000),
            &["s-done", "s-running", "s-queued", "m-later"],
        ),
        (
            new().submitted_before(old).task("mail"),
            &["m-done", "m-failed", "m-dead"],
        ),
        (new().ended_since(old), &["s-done"]),
        (new().ended_before(old), &["m-done", "m-failed", "m-dead"]),
        (new().task("unknown"), &[]),
    ] {
        assert_eq!(keys(&list(&docket, &filter).await), expected, "{filter:?}");
        let listed = list(&docket, &filter.clone().newest_first()).await;
        let mut newest_first = keys(&listed);
        newest_first.reverse();
        assert_eq!(newest_first, expected, "newest first: {filter:?}");
    }
}

/// Asserts that the counts of the statistics are those of the list.
async fn assert_counted(docket: &Docket, step: &str) -> Stats {
    let stats = docket.stats().await.unwrap();
    let mut expected: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for record in list(docket, &Filter::new()).await {
        let task = expected.entry(record.task.to_string()).or_default();
        *task.entry(record.state.to_string()).or_default() += 1;
    }
    let mut counted: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for task in &stats.tasks {
        let counts = &task.counts;
        for (state, count) in [
            ("scheduled", counts.scheduled),
            ("queued", counts.queued),
            ("running", counts.running),
            ("completed", counts.completed),
            ("failed", counts.failed),
            ("cancelled", counts.cancelled),
            ("dead", counts.dead),
        ] {
            if count > 0 {
                let states = counted.entry(task.task.to_string()).or_default();
                states.insert(state.into(), count);
            }
        }
    }
    assert_eq!(counted, expected, "after {step}");
    let letters = list(docket, &Filter::new().dead_letters()).await;
    assert_eq!(stats.dead_letters, letters.len(), "after {step}");
    stats
}

pub(crate) async fn counts_follow_every_change_of_state(stage: &Stage) {
    let docket = stage.docket();
    assert_counted(&docket, "nothing").await;
    docket
        .submit_many(["a", "b", "c", "d", "e", "f"].map(work))
        .await
        .unwrap();
    submit(&docket, work("later").after(TICK * 3000)).await;
    assert_counted(&docket, "submissions").await;
    let runs = claim(&docket, "w", 6).await;
    assert_counted(&docket, "claims").await;
    let mut outcomes = vec![
        completed("1"),
        failed("x"),
        Outcome::Retry {
            after: Some(TICK * 3000),
            failure: Failure::error("x"),
        },
        Outcome::Park { note: "n".into() },
        Outcome::Release,
        Outcome::UnknownTask,
    ];
    for run in runs.iter().rev() {
        settle(&docket, run.lease, outcomes.pop().unwrap()).await;
        assert_counted(&docket, "a settlement").await;
    }
    let parked = docket.get("d").await.unwrap().unwrap();
    parked.amend("n", "m", true).await.unwrap();
    assert_counted(&docket, "an amendment").await;
    docket.cancel("later").await.unwrap();
    submit(
        &docket,
        work("c").replace(fastmcp::docket::WhileRunning::Queue),
    )
    .await;
    assert_counted(&docket, "a replacement").await;
    submit(
        &docket,
        Submission::new("other", "null").key("o").after(TICK),
    )
    .await;
    tokio::time::sleep(TICK * 2).await;
    assert_counted(&docket, "a due time").await;
    let lost = claim(&docket, "w", 4).await;
    assert_eq!(lost.len(), 4);
    tokio::time::sleep(LEASE + TICK * 2).await;
    assert_counted(&docket, "lost leases").await;
    docket.replay("b").await.unwrap();
    assert_counted(&docket, "a replay").await;
    let perpetual = claim_one(&docket, "w").await;
    let mut settlement = Settlement::new(perpetual.lease, completed("1"));
    settlement.rerun = Some(fastmcp::docket::backend::Rerun {
        when: fastmcp::docket::When::After(TICK * 3000),
        envelope: None,
        timetable: None,
    });
    docket.backend().settle(&[settlement]).await.unwrap();
    assert_counted(&docket, "a next run").await;
    docket.clear().await.unwrap();
    let stats = assert_counted(&docket, "clear").await;
    assert_eq!(stats.counts.pending(), 0);
    docket.purge(&Filter::new()).await.unwrap();
    let stats = assert_counted(&docket, "purge").await;
    assert_eq!(stats.counts, fastmcp::docket::Counts::default());
    assert_eq!(
        (
            stats.result_bytes,
            stats.dead_letter_bytes,
            stats.pending_bytes
        ),
        (0, 0, 0)
    );
}

pub(crate) async fn the_lag_is_that_of_each_priority_and_owner(stage: &Stage) {
    let docket = stage.docket();
    let of = |task: &str| Submission::new(task.to_owned(), "null");
    submit(&docket, of("low").priority(Priority::Low)).await;
    submit(&docket, of("second").owner("ada").priority(Priority::Low)).await;
    tokio::time::sleep(TICK * 2).await;
    submit(&docket, of("first").owner("ada").priority(Priority::High)).await;
    let urgent = (0..600).map(|_| of("urgent").priority(Priority::High));
    for answer in docket.submit_many(urgent).await.unwrap() {
        answer.unwrap();
    }
    let stats = docket.stats().await.unwrap();
    let lag = |task| stats.task(task).unwrap().lag;
    // However many executions of a higher priority there are.
    assert!(lag("low").is_some_and(|lag| lag >= TICK * 2), "{stats:?}");
    assert!(
        lag("urgent").is_some() && lag("first").is_some(),
        "{stats:?}"
    );
    // It waits behind another execution of its owner.
    assert_eq!(lag("second"), None);
}

pub(crate) async fn statistics_have_delays_and_workers(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("early")).await;
    submit(
        &docket,
        Submission::new("other", "null").key("o").owner("ada"),
    )
    .await;
    tokio::time::sleep(TICK * 2).await;
    submit(&docket, work("late")).await;
    docket.pause().await.unwrap();
    let stats = docket.stats().await.unwrap();
    assert!(stats.paused);
    assert!(stats.lag >= TICK * 2, "{stats:?}");
    for task in ["work", "other"] {
        let lag = stats.task(task).unwrap().lag;
        assert!(lag.is_some_and(|lag| lag >= TICK * 2), "{stats:?}");
    }
    docket.resume().await.unwrap();
    assert_eq!(claim(&docket, "w", 3).await.len(), 3);
    let stats = docket.stats().await.unwrap();
    assert_eq!(
        (stats.workers, stats.slots, stats.paused),
        (1, SLOTS, false)
    );
    assert_eq!(stats.lag, Duration::ZERO);
    let task = stats.task("work").unwrap();
    assert_eq!((task.started, task.lag, task.counts.running), (2, None, 2));
    assert!(task.total_lateness >= TICK * 2, "{stats:?}");
    assert!(
        task.lateness < task.total_lateness,
        "the latest start was less late"
    );
    // A redelivery is not a start.
    tokio::time::sleep(LEASE + TICK).await;
    claim(&docket, "v", 3).await;
    let stats = docket.stats().await.unwrap();
    assert_eq!(stats.task("work").unwrap().started, 2);
}

pub(crate) async fn dead_letters_are_retried_once(stage: &Stage) {
    let docket = stage.docket();
    for n in 0..5 {
        end_with(&docket, work(&format!("k{n}")), failed("x")).await;
    }
    let other = Submission::new("other", "null").key("o");
    end_with(&docket, other, failed("x")).await;
    // The key of a dead letter may be in use again.
    submit(&docket, work("k1").after(TICK * 3000)).await;
    let filter = Filter::new().task("work");
    let expected = Changed {
        changed: 4,
        skipped: 1,
    };
    assert_eq!(docket.retry(&filter).await, Ok(expected));
    let stats = docket.stats().await.unwrap();
    assert_eq!((stats.counts.queued, stats.dead_letters), (4, 2));
    let runs = claim(&docket, "w", 10).await;
    let claimed: Vec<&str> = runs.iter().map(|run| &*run.key).collect();
    assert_eq!(claimed, ["k0", "k2", "k3", "k4"]);
    for run in runs {
        settle(&docket, run.lease, failed("again")).await;
    }
    let letters = list(&docket, &Filter::new().dead_letters().task("work")).await;
    assert_eq!(keys(&letters), ["k1", "k0", "k2", "k3", "k4"]);
    let nothing = Changed::default();
    let wrong = Filter::new().state(ExecutionState::Dead);
    assert_eq!(docket.retry(&wrong).await, Ok(nothing));
    let one = Filter::new().id(letters[2].id);
    assert_eq!(docket.retry(&one).await.unwrap().changed, 1);
    assert_eq!(
        docket.retry(&one).await,
        Ok(nothing),
        "it is no dead letter any more"
    );
}

pub(crate) async fn dead_letters_and_waiting_executions_are_discarded(stage: &Stage) {
    let docket = stage.docket();
    end_with(&docket, work("letter"), failed("x")).await;
    end_with(&docket, work("done"), completed("1")).await;
    submit(&docket, work("later").after(TICK * 3000)).await;
    submit(&docket, work("runs")).await;
    let run = claim_one(&docket, "w").await;
    let expected = Changed {
        changed: 3,
        skipped: 0,
    };
    assert_eq!(docket.discard(&Filter::new()).await, Ok(expected));
    let signalled = docket.backend().signals(&"w".into()).await.unwrap();
    assert_eq!(signalled, [run.lease]);
    settle(&docket, run.lease, completed("1")).await;
    let records = list(&docket, &Filter::new()).await;
    let states: Vec<_> = records.iter().map(|it| (&*it.key, it.state)).collect();
    assert_eq!(
        states,
        [
            ("letter", ExecutionState::Failed),
            ("done", ExecutionState::Completed),
            ("later", ExecutionState::Cancelled),
            ("runs", ExecutionState::Cancelled),
        ]
    );
    assert_eq!(records[3].reason.as_deref(), Some("discarded by request"));
    assert!(docket.dead_letters().await.unwrap().is_empty());
    assert!(docket.replay("letter").await.is_err());
    assert_eq!(docket.stats().await.unwrap().dead_letter_bytes, 0);
}

pub(crate) async fn ended_executions_are_purged(stage: &Stage) {
    let docket = stage.docket();
    for n in 0..3 {
        end_with(&docket, work(&format!("done{n}")), completed("1")).await;
    }
    end_with(&docket, work("letter"), failed("x")).await;
    let kept = work("kept").keep_for(Duration::from_hours(1));
    end_with(&docket, kept, completed("1")).await;
    submit(&docket, work("later").after(TICK * 3000)).await;
    let one = Filter::new().key_prefix("done2");
    assert_eq!(docket.purge(&one).await.unwrap().changed, 1);
    assert!(docket.get("done2").await.unwrap().is_none());
    let expected = Changed {
        changed: 3,
        skipped: 1,
    };
    assert_eq!(docket.purge(&Filter::new()).await, Ok(expected));
    assert_eq!(
        keys(&list(&docket, &Filter::new()).await),
        ["kept", "later"]
    );
    assert!(docket.replay("letter").await.is_err());
    // The keys are free.
    assert!(!submit(&docket, work("done0")).await.already_scheduled());
}

pub(crate) async fn results_and_dead_letters_are_limited_by_number(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_capacity(2).dead_letter_capacity(3));
    for n in 0..5 {
        end_with(&docket, work(&format!("done{n}")), completed("1")).await;
        end_with(&docket, work(&format!("failed{n}")), failed("x")).await;
    }
    let stats = assert_counted(&docket, "the limits").await;
    assert_eq!((stats.counts.completed, stats.counts.failed), (2, 3));
    assert_eq!(
        keys(&list(&docket, &Filter::new()).await),
        ["failed2", "done3", "failed3", "done4", "failed4"],
        "the oldest are deleted"
    );
    assert!(docket.replay("failed0").await.is_err());
    // A retried letter is a result.
    docket.retry(&Filter::new().key("failed2")).await.unwrap();
    let stats = assert_counted(&docket, "a retry").await;
    assert_eq!(stats.dead_letters, 2);
    assert_eq!(stats.counts.completed + stats.counts.failed, 4);
}

pub(crate) async fn results_and_dead_letters_are_limited_by_bytes(stage: &Stage) {
    let docket = stage.docket_with(|builder| builder.result_bytes(2500).dead_letter_bytes(3500));
    let large = format!("\"{}\"", "x".repeat(998));
    for n in 0..5 {
        let result = Outcome::Completed(large.clone().into());
        end_with(&docket, work(&format!("done{n}")), result).await;
        let submission = Submission::new("work", large.clone()).key(format!("failed{n}"));
        end_with(&docket, submission, failed("x")).await;
    }
    let stats = assert_counted(&docket, "the limits").await;
    assert_eq!((stats.counts.completed, stats.counts.failed), (2, 3));
    assert!((2000..2500).contains(&stats.result_bytes), "{stats:?}");
    assert!((3000..3500).contains(&stats.dead_letter_bytes), "{stats:?}");
    // One that is larger than the limit alone is not kept, and pushes no other out.
    let huge = format!("\"{}\"", "x".repeat(5000));
    end_with(
        &docket,
        work("huge"),
        Outcome::Completed(huge.clone().into()),
    )
    .await;
    let submission = Submission::new("work", huge).key("huge letter");
    end_with(&docket, submission, failed("x")).await;
    let same = assert_counted(&docket, "large ones").await;
    assert_eq!((same.counts.completed, same.counts.failed), (2, 3));
    assert_eq!(
        (same.result_bytes, same.dead_letter_bytes),
        (stats.result_bytes, stats.dead_letter_bytes)
    );
    docket.discard(&Filter::new().dead_letters()).await.unwrap();
    let stats = assert_counted(&docket, "discarding").await;
    assert_eq!((stats.dead_letter_bytes, stats.dead_letters), (0, 0));
    assert_eq!(
        stats.counts.failed, 3,
        "without its payload, a failure is small"
    );
}

//! The options of `#[task]`, tested on an in-memory docket with paused time.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use fastmcp::dependencies::{Cancellation, CurrentExecution, NextRun, TaskKey, TimeLimit};
use fastmcp::docket::{DocketError, ExecutionState, Key, Submission};
use fastmcp::prelude::*;
use fastmcp::task;
use tokio::time::{Instant, sleep};

/// Events by test name, because all tests share the tasks of this program.
static LOG: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

fn note(test: &str, what: impl Into<String>) {
    let mut log = LOG.lock().unwrap();
    log.get_or_insert_default()
        .entry(test.to_owned())
        .or_default()
        .push(what.into());
}

fn noted(test: &str) -> Vec<String> {
    LOG.lock()
        .unwrap()
        .as_ref()
        .and_then(|log| log.get(test).cloned())
        .unwrap_or_default()
}

fn docket(name: &str) -> (Docket, Worker) {
    let docket = Docket::memory(name);
    let worker = Worker::new(&docket).unwrap();
    (docket, worker)
}

fn is_passing(error: &fastmcp::Error) -> bool {
    error.to_string().contains("busy")
}

#[task(retry(attempts = 4, backoff = "1s".."3s", only_if = is_passing))]
async fn flaky(test: String, outcomes: Vec<String>, run: CurrentExecution) -> Result<u32> {
    note(&test, run.attempt().to_string());
    match outcomes.get(run.attempt() as usize - 1).map(String::as_str) {
        None => Ok(run.attempt()),
        Some("discard") => Err(task::discard("not wanted").into()),
        Some("retry") => Err(task::retry_after(Duration::from_mins(1), "wait").into()),
        Some("snooze") => Err(task::snooze(Duration::from_secs(30)).into()),
        Some(other) => Err(ToolError::new(other.to_owned()).into()),
    }
}

fn outcomes(list: &[&str]) -> Vec<String> {
    list.iter().map(|&it| it.to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn retries_back_off_until_the_last_attempt() {
    let (docket, worker) = docket("retry");
    let began = Instant::now();
    let add = docket.add(flaky)("retry".into(), outcomes(&["busy", "busy", "busy"]));
    let execution = add.await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.result().await, Ok(4));
    // Delays of 1 s, 2 s and 3 s.
    assert_eq!(began.elapsed().as_secs(), 6);

    let add = docket.add(flaky)("exhausted".into(), outcomes(&["busy"; 9]));
    let execution = add.await.unwrap();
    worker.run_until_finished().await.unwrap();
    let error = execution.result().await.unwrap_err();
    assert!(
        matches!(error, DocketError::Failed { attempts: 4, .. }),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn filters_and_directives_decide_whether_a_failure_is_retried() {
    let (docket, worker) = docket("filter");
    let began = Instant::now();
    let run = |test: &'static str, list: &'static [&'static str]| {
        let (docket, worker) = (docket.clone(), worker.clone());
        async move {
            let execution = docket.add(flaky)(test.into(), outcomes(list))
                .await
                .unwrap();
            worker.run_until_finished().await.unwrap();
            execution.result().await
        }
    };
    let error = run("final", &["broken"]).await.unwrap_err();
    assert!(
        matches!(error, DocketError::Failed { attempts: 1, .. }),
        "{error}"
    );
    assert_eq!(began.elapsed(), Duration::ZERO);

    let error = run("discard", &["discard"]).await.unwrap_err();
    assert!(
        matches!(&error, DocketError::Cancelled { reason, .. } if reason == "not wanted"),
        "{error}"
    );

    assert_eq!(run("retry-after", &["retry"]).await, Ok(2));
    assert_eq!(began.elapsed().as_secs(), 60);
}

#[task]
async fn patient(test: String, run: CurrentExecution) -> Result<u32> {
    note(&test, run.attempt().to_string());
    if noted(&test).len() < 3 {
        return Err(task::snooze(Duration::from_secs(30)).into());
    }
    Ok(run.attempt())
}

#[tokio::test(start_paused = true)]
async fn a_snooze_does_not_count_as_an_attempt() {
    let (docket, worker) = docket("snooze");
    let began = Instant::now();
    let execution = docket.add(patient)("snooze".into()).await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.result().await, Ok(1));
    assert_eq!(began.elapsed().as_secs(), 60);
}

#[task(timeout = "10s")]
async fn slow(seconds: u64, extend: bool, limit: TimeLimit) -> u64 {
    if extend {
        limit.extend(Duration::from_secs(seconds));
    }
    sleep(Duration::from_secs(seconds)).await;
    seconds
}

#[tokio::test(start_paused = true)]
async fn a_body_can_extend_its_timeout() {
    let (docket, worker) = docket("timeout");
    let quick = docket.add(slow)(9, false).await.unwrap();
    let late = docket.add(slow)(11, false).await.unwrap();
    let extended = docket.add(slow)(100, true).await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(quick.result().await, Ok(9));
    assert_eq!(extended.result().await, Ok(100));
    assert_eq!(late.state().await, Ok(ExecutionState::Failed));
}

#[task(perpetual(every = "1m"))]
async fn countdown(from: u32, next: NextRun) -> Result<u32> {
    note("countdown", from.to_string());
    match from.checked_sub(1) {
        Some(less) => next.arguments(countdown)(less)?,
        None => next.stop(),
    }
    Ok(from)
}

#[tokio::test(start_paused = true)]
async fn a_perpetual_task_can_change_its_arguments_and_stop_itself() {
    let (docket, worker) = docket("perpetual");
    let began = Instant::now();
    let execution = docket.add(countdown)(3).await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.result().await, Ok(0));
    assert_eq!(noted("countdown"), ["3", "2", "1", "0"]);
    assert_eq!(began.elapsed().as_secs(), 180);
}

#[tokio::test(start_paused = true)]
async fn a_worker_limits_the_runs_of_a_perpetual_task() {
    #[task(perpetual(every = "5s"))]
    async fn tick(key: TaskKey) {
        note("tick", key.to_string());
    }

    let (docket, worker) = docket("at-most");
    docket.add(tick)().key("clock").await.unwrap();
    worker.run_at_most([(Key::from("clock"), 3)]).await.unwrap();
    assert_eq!(noted("tick"), ["clock"; 3]);
}

#[task(concurrency(1, per = lane))]
async fn exclusive(lane: String, name: String) {
    assert!(name.starts_with(&lane));
    note("exclusive", format!("{name} begins"));
    sleep(Duration::from_secs(10)).await;
    note("exclusive", format!("{name} ends"));
}

#[tokio::test(start_paused = true)]
async fn concurrency_can_be_limited_per_argument() {
    let (docket, worker) = docket("concurrency");
    let began = Instant::now();
    for (lane, name) in [("a", "a1"), ("a", "a2"), ("b", "b1")] {
        docket.add(exclusive)(lane.into(), name.into())
            .await
            .unwrap();
    }
    worker.run_until_finished().await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 20);
    let log = noted("exclusive");
    assert_eq!(log[4..], ["a2 begins", "a2 ends"], "{log:?}");
}

#[task(rate_limit(1, per = "10s", by = customer))]
async fn limited(customer: u32) {
    note("limited", customer.to_string());
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_delays_excess_runs() {
    let (docket, worker) = docket("rate");
    let began = Instant::now();
    for customer in [1, 1, 1, 2] {
        docket.add(limited)(customer).await.unwrap();
    }
    worker.run_until_finished().await.unwrap();
    assert_eq!(began.elapsed().as_secs(), 20);
    assert_eq!(noted("limited").len(), 4);
}

#[task(debounce("5s", by = document))]
async fn index(document: String, version: u32) {
    note("index", format!("{document} {version}"));
}

#[task(cooldown = "5s")]
async fn refresh(version: u32) -> u32 {
    version
}

#[tokio::test(start_paused = true)]
async fn debounce_keeps_the_last_and_cooldown_the_first() {
    let (docket, worker) = docket("quiet");
    for (document, version) in [("a", 1), ("b", 1), ("a", 2), ("a", 3)] {
        docket.add(index)(document.into(), version).await.unwrap();
    }
    let first = docket.add(refresh)(1).await.unwrap();
    let second = docket.add(refresh)(2).await.unwrap();
    assert!(!first.already_scheduled() && second.already_scheduled());
    worker.run_until_finished().await.unwrap();
    assert_eq!(second.result().await, Ok(1));
    let mut log = noted("index");
    log.sort_unstable();
    assert_eq!(log, ["a 3", "b 1"]);
}

#[task(priority = high)]
async fn urgent() {
    note("priority", "urgent");
}

#[task(priority = low)]
async fn some_time() {
    note("priority", "some time");
}

#[tokio::test(start_paused = true)]
async fn a_higher_priority_runs_first() {
    let docket = Docket::memory("priority");
    let worker = Worker::for_tasks(&docket)
        .options(|worker| worker.concurrency(1))
        .build()
        .unwrap();
    docket.add(some_time)().await.unwrap();
    docket.add(urgent)().await.unwrap();
    worker.run_until_finished().await.unwrap();
    assert_eq!(noted("priority"), ["urgent", "some time"]);
}

#[task]
async fn tidy(cancellation: Cancellation) {
    note("tidy", "begins");
    cancellation.cancelled().await;
    note("tidy", "tidied up");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_body_can_clean_up() {
    let (docket, worker) = docket("cancel");
    let execution = docket.add(tidy)().key("k").await.unwrap();
    let running = tokio::spawn(async move { worker.run_until_finished().await });
    while noted("tidy").is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    docket.cancel("k").await.unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(noted("tidy"), ["begins", "tidied up"]);
    assert_eq!(execution.state().await, Ok(ExecutionState::Cancelled));
}

#[task(concurrency(1, per = customer))]
async fn bill(customer: String, amount: u32) -> u32 {
    u32::try_from(customer.len()).unwrap_or_default() + amount
}

#[tokio::test]
async fn each_submission_of_a_batch_has_its_own_result() {
    let docket = Docket::builder("batch").capacity(2).memory();
    let too_long = "x".repeat(1 << 16);
    let answers = docket
        .add_all([
            docket.add(bill)("ada".into(), 1).key("first"),
            docket.add(bill)(too_long, 2),
            docket.add(bill)("bob".into(), 3),
            docket.add(bill)("bob".into(), 3).key("first"),
            docket.add(bill)("eve".into(), 4),
        ])
        .await
        .unwrap();
    Worker::new(&docket)
        .unwrap()
        .run_until_finished()
        .await
        .unwrap();
    let [first, too_long, second, again, full] = &answers[..] else {
        panic!("one answer each: {answers:?}");
    };
    assert_eq!(first.as_ref().unwrap().result().await, Ok(4));
    assert!(
        matches!(too_long, Err(DocketError::TooLarge { .. })),
        "an argument that names a lane has a bound: {too_long:?}"
    );
    assert_eq!(second.as_ref().unwrap().result().await, Ok(6));
    assert!(again.as_ref().unwrap().already_scheduled());
    assert!(matches!(full, Err(DocketError::Full { .. })), "{full:?}");
}

/// What a notification contains. `urgent` is new, and `text` was `message`.
#[fastmcp::data]
struct Notification {
    #[serde(alias = "message")]
    text: String,
    #[serde(default)]
    urgent: bool,
}

/// The new version of a task: the function was `notify`, `copies` is new, and `channel` is gone.
#[task(name = "notify")]
async fn notify_customer(customer: String, content: Notification, copies: Option<u32>) -> String {
    let Notification { text, urgent } = content;
    format!("{customer}: {text}, {urgent}, {copies:?}")
}

/// Runs an execution that another version of the program has submitted.
async fn run_version(arguments: &'static str) -> Result<String, DocketError> {
    let (docket, worker) = docket("versions");
    let submission = Submission::new("notify", arguments);
    let execution = docket.submit(submission).await?.typed::<String>();
    worker.run_until_finished().await?;
    let result = execution.result().await;
    // What cannot be decoded is kept, so that a later version can run it.
    assert_eq!(docket.dead_letters().await?.is_empty(), result.is_ok());
    result
}

/// The page `changing_tasks` of the guide says the same.
#[tokio::test(start_paused = true)]
async fn executions_of_other_versions_of_a_task_run_or_become_dead_letters() {
    for (arguments, expected) in [
        // Of an older version: an argument and a field are missing, and a field has its old name.
        (
            r#"{"customer":"ada","content":{"message":"hi"}}"#,
            "ada: hi, false, None",
        ),
        // Arguments have no order. A field that this version does not know is ignored.
        (
            r#"{"copies":2,"content":{"color":"red","urgent":true,"text":"hi"},"customer":"ada"}"#,
            "ada: hi, true, Some(2)",
        ),
    ] {
        assert_eq!(run_version(arguments).await.unwrap(), expected);
    }
    for (arguments, problem) in [
        (
            r#"{"customer":"ada","content":{"text":"hi"},"channel":"mail"}"#,
            "channel: unknown argument",
        ),
        (
            r#"{"customer":"ada"}"#,
            "content: required argument is missing",
        ),
        (
            r#"{"customer":7,"content":{"text":"hi"}}"#,
            "customer: expected string, got number",
        ),
    ] {
        let error = run_version(arguments).await.unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

//! The module `testing`: clocks, faults and assertions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::DynamicTool;
use fastmcp::docket::{DocketError, ExecutionState};
use fastmcp::prelude::*;
use fastmcp::testing::{
    Faults, Operation, TestClient, TestDocket, assert_not_scheduled, assert_scheduled,
    assert_surface,
};

mod tasks {
    use super::*;

    #[task]
    pub(super) async fn total(prices: Vec<u32>, currency: String) -> String {
        format!("{} {currency}", prices.iter().sum::<u32>())
    }

    #[task(retry(attempts = 3, delay = "1h"))]
    pub(super) async fn third_time(run: CurrentExecution) -> Result<u32> {
        match run.attempt() {
            3 => Ok(3),
            _ => Err(ToolError::new("not yet").into()),
        }
    }

    #[task]
    pub(super) async fn long() -> u32 {
        tokio::time::sleep(Duration::from_mins(30)).await;
        30
    }
}

/// Returns the time.
#[tool]
async fn now() -> String {
    "noon".into()
}

static SENT: AtomicU32 = AtomicU32::new(0);

#[task]
async fn send() -> u32 {
    SENT.fetch_add(1, Ordering::SeqCst) + 1
}

/// Returns the text of a failed assertion.
fn failure(assertion: impl FnOnce()) -> String {
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(assertion));
    let payload = panicked.expect_err("the assertion fails");
    payload
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_default()
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "no server has a worker for it")]
async fn a_served_docket_without_a_worker_is_reported() {
    let docket = TestDocket::new();
    let server = FastMcp::new("test").docket(docket.for_server());
    let _client = TestClient::connect(server.without_worker()).await.unwrap();
    docket.add(send)().await.unwrap();
    docket.advance("5s").await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_assertion_lists_what_is_scheduled() {
    let docket = TestDocket::new();
    assert_not_scheduled!(docket, tasks::total);
    let text = failure(|| assert_scheduled!(docket, tasks::total(vec![1], "EUR".into())));
    assert!(
        text.contains("no execution of this task is scheduled or queued"),
        "{text}"
    );

    let add = docket.add(tasks::total)(vec![1, 2], "EUR".into());
    add.key("order-7")
        .after(Duration::from_hours(2))
        .await
        .unwrap();
    assert_scheduled!(docket, tasks::total(vec![1, 2], "EUR".into()));
    assert_scheduled!(
        docket,
        tasks::total(vec![1, 2], "EUR".into()),
        after = "2h",
        key = "order-7",
        times = 1,
    );
    assert_not_scheduled!(docket, tasks::total(vec![1], "EUR".into()));
    let text = failure(|| assert_scheduled!(docket, tasks::total(vec![1, 3], "EUR".into())));
    assert_eq!(
        text,
        "no execution like this is scheduled:\n  \
         total(prices: [1,3], currency: \"EUR\")\n\
         scheduled or queued executions of this task:\n  \
         (prices: [1,2], currency: \"EUR\"), due in 7200s, key `order-7` \
         -- `prices`: expected [1,3], got [1,2]"
    );
    for text in [
        failure(|| assert_scheduled!(docket, tasks::total(vec![1, 2], "EUR".into()), after = "1h")),
        failure(|| assert_scheduled!(docket, tasks::total(vec![1, 2], "EUR".into()), key = "x")),
        failure(|| assert_scheduled!(docket, tasks::total(vec![1, 2], "EUR".into()), times = 2)),
        failure(|| assert_not_scheduled!(docket, tasks::total(vec![1, 2], "EUR".into()))),
        failure(|| assert_not_scheduled!(docket, tasks::total)),
    ] {
        assert!(text.contains("order-7"), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_moves_only_as_far_as_the_test_says() {
    let docket = TestDocket::new();
    let begin = docket.now();
    let execution = docket.add(tasks::third_time)().await.unwrap();
    docket.run_until_idle().await;
    assert_eq!(execution.state().await.unwrap(), ExecutionState::Scheduled);
    docket.advance("59m").await;
    assert_eq!(execution.record().await.unwrap().attempt, 2);
    docket.advance("1m").await;
    assert_eq!(execution.record().await.unwrap().attempt, 3);
    docket.advance(Duration::from_hours(1)).await;
    assert_eq!(execution.result().await.unwrap(), 3);
    assert_eq!(
        docket.now().duration_since(begin).unwrap(),
        Duration::from_hours(2)
    );
    // What has begun ends before `run_until_idle` returns, and takes its time.
    let long = docket.add(tasks::long)().await.unwrap();
    docket.run_until_idle().await;
    assert_eq!(long.result().await.unwrap(), 30);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_back_counts_as_idle() {
    let docket = TestDocket::new();
    docket.strike("long").await.unwrap();
    let held = docket.add(tasks::long)().await.unwrap();
    docket.run_until_idle().await;
    assert_eq!(held.state().await.unwrap(), ExecutionState::Queued);
    docket.restore("long").await.unwrap();
    docket.run_until_idle().await;
    assert_eq!(held.result().await.unwrap(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_killed_worker_loses_nothing() {
    let docket = TestDocket::new();
    docket.inject(Faults::new().kill_before_settle().kill_after_settle());
    let first = docket.add(send)().await.unwrap();
    docket.run_until_idle().await;
    // The second delivery was settled before its worker died.
    assert_eq!(first.result().await.unwrap(), 2);
    assert_eq!(first.record().await.unwrap().delivery, 2);
    assert_eq!((SENT.load(Ordering::SeqCst), docket.faults_left()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn calls_fail_are_lost_and_are_delayed() {
    let docket = TestDocket::new();
    docket.inject(Faults::new().fail_next(Operation::Submit));
    let error = docket.add(tasks::long)().key("one").await.unwrap_err();
    assert!(matches!(error, DocketError::Backend(_)), "{error}");
    assert_not_scheduled!(docket, tasks::long);

    docket.inject(Faults::new().lose_next(Operation::Submit));
    docket.add(tasks::long)().key("one").await.unwrap_err();
    assert_scheduled!(docket, tasks::long(), key = "one", times = 1);

    docket.inject(
        Faults::new()
            .delay(Operation::Claim, "10m")
            .fail_next(Operation::Settle),
    );
    let begin = docket.now();
    docket.run_until_idle().await;
    assert!(docket.now().duration_since(begin).unwrap() >= Duration::from_mins(40));
    docket.heal();
    let execution = docket.get("one").await.unwrap().unwrap();
    assert_eq!(execution.state().await.unwrap(), ExecutionState::Completed);
}

#[tokio::test]
async fn the_clock_has_to_be_paused() {
    let docket = TestDocket::new();
    let text = failure(|| drop(docket.advance("1h")));
    assert_eq!(text, "");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| docket.advance("1h")));
    let payload = panicked.err().unwrap();
    let text = payload.downcast_ref::<&str>().unwrap();
    assert!(text.contains("start_paused = true"), "{text}");
}

#[tokio::test]
async fn a_changed_surface_is_shown_by_lines() {
    let client = TestClient::connect(FastMcp::new("surface")).await.unwrap();
    assert_surface!("tests/test_kit/surface.json", client);
    assert_surface!("tests/test_kit/surface.json", client.server());

    let tool = DynamicTool::new("later", |_| async { Ok("one") }).description("Returns an hour.");
    client.server().add(tool).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/test_kit/surface.json");
    let text = fastmcp::testing::check_surface(&path, &client)
        .await
        .unwrap_err();
    assert!(text.contains("\n+     \"later\": {\n"), "{text}");
    assert!(text.contains("FASTMCP_SURFACE=overwrite"), "{text}");
    let missing = path.with_file_name("missing.json");
    let text = fastmcp::testing::check_surface(&missing, &client)
        .await
        .unwrap_err();
    assert!(text.contains("FASTMCP_SURFACE=overwrite"), "{text}");
    client.shutdown().await.unwrap();
}

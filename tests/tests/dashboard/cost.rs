//! The cost of the page with 100 000 executions: the calls of the backend and the executions that it reads do not grow
//! with their number.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use fastmcp::docket::{Docket, Filter, Submission};
use fastmcp_tests::browser::Browser;
use reqwest::StatusCode;

use crate::counting::{Calls, counted};
use crate::setup::{answer, fail, keys, serve_docket};

const EXECUTIONS: usize = 100_000;

async fn fill(docket: &Docket) {
    fail(
        docket,
        "charge",
        &["order-1", "order-2", "order-3"],
        "no funds",
    )
    .await;
    for part in 0..EXECUTIONS / 1000 {
        let submissions =
            (0..1000).map(|n| Submission::new("mail", "{}").key(format!("m-{part}-{n}")));
        docket.submit_many(submissions).await.unwrap();
    }
}

/// Opens the page and its lists, and checks what they cost.
async fn check(docket: Docket, place: &str) {
    fill(&docket).await;
    let calls = Arc::new(Calls::default());
    let page = serve_docket(&counted(&docket, &calls)).await;
    answer(page.get("")).await;
    calls.take();
    let began = Instant::now();
    assert_eq!(answer(page.get("")).await.0, StatusCode::OK);
    let overview = page.read("/api/overview").await;
    let opened = began.elapsed();
    assert_eq!(overview["state"]["counts"]["queued"], EXECUTIONS);
    assert_eq!(overview["state"]["failures"].as_array().unwrap().len(), 3);
    let (by_method, executions) = calls.take();
    // Nothing runs, so that only the dead letters are listed.
    let expected = BTreeMap::from([("list", 1), ("snapshot", 1), ("stats", 1)]);
    assert_eq!((by_method, executions), (expected, 3), "{place}");

    let began = Instant::now();
    let list = page.read("/api/executions?view=queued").await;
    let listed = began.elapsed();
    assert_eq!((keys(&list).len(), keys(&list)[0]), (50, "m-99-999"));
    let (by_method, executions) = calls.take();
    assert_eq!(
        (by_method, executions),
        (BTreeMap::from([("list", 1)]), 50),
        "{place}"
    );

    // A search for the oldest execution ends after some steps, with the place where it continues.
    let began = Instant::now();
    let search = page.read("/api/executions?view=queued&key=m-0-0").await;
    let searched = began.elapsed();
    assert_eq!(keys(&search)[0], "m-0-0", "the key itself is found at once");
    let (by_method, executions) = calls.take();
    assert!(
        by_method["list"] <= 4 && executions <= 50,
        "{place}: {by_method:?}, {executions}"
    );
    eprintln!("{place}: opened in {opened:?}, a list in {listed:?}, a search in {searched:?}");

    // What a person waits for, in a browser that is installed.
    if let Some(browser) = Browser::start().await {
        browser.open(&page.url).await;
        browser.sees("order-3").await;
        let time = "performance.getEntriesByType('resource').find(e => e.name.includes('overview')).responseEnd";
        let shown = browser.eval(time).await;
        eprintln!(
            "{place}: the data was in the browser {shown} ms after it began to open the page"
        );
    }

    let letters = docket
        .list(&Filter::new().dead_letters(), None, 9)
        .await
        .unwrap();
    assert_eq!(letters.executions.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_a_large_docket_in_memory_reads_one_page() {
    check(Docket::memory("jobs"), "memory").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opening_a_large_docket_in_a_file_reads_one_page() {
    let folder = std::env::temp_dir().join(format!("fastmcp-dashboard-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let docket = Docket::sqlite(folder.join("jobs.db")).unwrap();
    check(docket, "file").await;
    let _ = std::fs::remove_dir_all(folder);
}

//! The requests of the page: lists, details and actions.

use std::time::Duration;

use fastmcp::docket::{Docket, ExecutionState, Filter, Submission};
use fastmcp::{Dashboard, FastMcp, StartError};
use reqwest::StatusCode;
use serde_json::json;

use crate::setup::{answer, fail, keys, serve, serve_docket};

#[tokio::test]
async fn the_overview_counts_by_state_and_task() {
    let docket = Docket::memory("jobs");
    fail(&docket, "charge", &["order-1", "order-2"], "no funds").await;
    docket
        .submit(Submission::new("mail", "{}").key("m-1"))
        .await
        .unwrap();
    let later = Submission::new("mail", "{}")
        .key("m-2")
        .after(Duration::from_hours(1));
    docket.submit(later).await.unwrap();
    let page = serve_docket(&docket).await;
    let overview = page.read("/api/overview").await;
    assert_eq!(overview["server"], "shop");
    assert_eq!(overview["dockets"], json!(["jobs"]));
    assert_eq!(overview["may_operate"], true);
    let state = &overview["state"];
    assert_eq!(state["counts"]["queued"], 1);
    assert_eq!(state["counts"]["scheduled"], 1);
    assert_eq!(state["dead_letters"], 2);
    let tasks: Vec<_> = state["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| &task["task"])
        .collect();
    assert_eq!(tasks, ["charge", "mail"]);
    assert_eq!(state["tasks"][0]["counts"]["failed"], 2);
    assert_eq!(state["tasks"][0]["started"], 2);
    // The latest failure first, with its error, without its arguments.
    assert_eq!(state["failures"][0]["key"], "order-2");
    assert_eq!(state["failures"][0]["failure"]["message"], "no funds");
    assert!(!overview.to_string().contains("4111"));
}

#[tokio::test]
async fn lists_are_paged_newest_first_and_searched_by_key() {
    let docket = Docket::memory("jobs");
    let submissions = (0..120).map(|n| Submission::new("mail", "{}").key(format!("m-{n}")));
    docket.submit_many(submissions).await.unwrap();
    docket
        .submit(Submission::new("scan", "{}").key("s/1 ü&"))
        .await
        .unwrap();
    let page = serve_docket(&docket).await;
    let first = page.read("/api/executions?view=queued&task=mail").await;
    assert_eq!((keys(&first).len(), keys(&first)[0]), (50, "m-119"));
    let mut all = keys(&first).len();
    let mut next = first["next"].as_str().map(ToOwned::to_owned);
    while let Some(after) = next {
        let more = page
            .read(&format!(
                "/api/executions?view=queued&task=mail&after={after}"
            ))
            .await;
        all += keys(&more).len();
        next = more["next"].as_str().map(ToOwned::to_owned);
    }
    assert_eq!(all, 120);
    // The key itself is first, then those that begin with it.
    let found = page.read("/api/executions?view=all&key=m-1").await;
    assert_eq!((keys(&found)[0], keys(&found)[1]), ("m-1", "m-119"));
    assert_eq!(keys(&found).len(), 1 + 10 + 20);
    let encoded = page
        .read("/api/executions?view=all&key=s%2F1+%C3%BC%26")
        .await;
    assert_eq!(keys(&encoded), ["s/1 ü&"]);
    let none = page.read("/api/executions?view=failed").await;
    assert!(keys(&none).is_empty());
}

#[tokio::test]
async fn selected_executions_are_retried_cancelled_and_discarded() {
    let docket = Docket::memory("jobs");
    fail(&docket, "charge", &["a", "b", "c", "d"], "no funds").await;
    docket
        .submit(Submission::new("mail", "{}").key("m"))
        .await
        .unwrap();
    let page = serve_docket(&docket).await;
    let letters = page.read("/api/executions?view=failed").await;
    let id = |at: usize| letters["rows"][at]["id"].clone();
    assert_eq!(keys(&letters), ["d", "c", "b", "a"]);
    // Retried once: the second request finds no dead letter any more.
    assert_eq!(
        page.act(json!({ "action": "retry", "ids": [id(0), id(1)] }))
            .await,
        (2, 0)
    );
    assert_eq!(
        page.act(json!({ "action": "retry", "ids": [id(0)] })).await,
        (0, 1)
    );
    assert_eq!(
        page.act(json!({ "action": "discard", "ids": [id(2)] }))
            .await,
        (1, 0)
    );
    // A dead letter cannot be cancelled, and a waiting execution is not discarded.
    assert_eq!(
        page.act(json!({ "action": "cancel", "ids": [id(3)] }))
            .await,
        (0, 1)
    );
    let filter = json!({ "view": "queued", "task": "mail" });
    assert_eq!(
        page.act(json!({ "action": "cancel", "filter": filter }))
            .await,
        (1, 0)
    );
    assert_eq!(
        page.act(json!({ "action": "retry", "filter": { "view": "failed" } }))
            .await,
        (1, 0)
    );
    let queued = docket
        .list(&Filter::new().state(ExecutionState::Queued), None, 10)
        .await
        .unwrap();
    let mut waiting: Vec<_> = queued
        .executions
        .iter()
        .map(|it| it.key.to_string())
        .collect();
    waiting.sort();
    assert_eq!(waiting, ["a", "c", "d"]);
    let mail = docket.get("m").await.unwrap().unwrap();
    assert_eq!(mail.state().await.unwrap(), ExecutionState::Cancelled);
}

#[tokio::test]
async fn a_docket_is_paused_and_a_task_is_held_back() {
    let docket = Docket::memory("jobs");
    docket.submit(Submission::new("mail", "{}")).await.unwrap();
    let page = serve_docket(&docket).await;
    page.act(json!({ "action": "pause" })).await;
    page.act(json!({ "action": "strike", "task": "mail" }))
        .await;
    let state = page.read("/api/overview").await["state"].clone();
    assert_eq!(
        (&state["paused"], &state["tasks"][0]["struck"]),
        (&json!(true), &json!(true))
    );
    page.act(json!({ "action": "resume" })).await;
    page.act(json!({ "action": "restore", "task": "mail" }))
        .await;
    let state = page.read("/api/overview").await["state"].clone();
    assert_eq!(
        (&state["paused"], &state["tasks"][0]["struck"]),
        (&json!(false), &json!(false))
    );
    let actions: Vec<_> = state["actions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    assert_eq!(
        actions,
        ["release", "resume", "hold back", "pause"],
        "newest first"
    );
    assert_eq!(state["actions"][0]["what"], "task mail");
    assert_eq!(state["actions"][0]["caller"], json!(null));
}

#[tokio::test]
async fn details_have_the_history_and_the_contents_only_on_request() {
    let docket = Docket::memory("jobs");
    fail(&docket, "charge", &["order-1"], "no funds").await;
    let letters = docket
        .list(&Filter::new().dead_letters(), None, 1)
        .await
        .unwrap();
    let path = format!("/api/executions/{}", letters.executions[0].id.0);
    let hidden = serve_docket(&docket).await.read(&path).await;
    assert_eq!(hidden["history"][0]["what"], "no funds");
    assert_eq!(hidden["contents"], json!(null));
    assert!(!hidden.to_string().contains("4111"));
    let server = FastMcp::new("shop").docket(docket.clone()).without_worker();
    let shown = serve(server, Dashboard::show_contents)
        .await
        .read(&path)
        .await;
    assert_eq!(shown["contents"]["Arguments"], r#"{"card":"4111"}"#);
}

#[tokio::test]
async fn wrong_requests_are_refused_with_the_reason() {
    let docket = Docket::memory("jobs");
    let page = serve_docket(&docket).await;
    for (path, status, text) in [
        ("/api/executions?view=x", 400, "`view`"),
        ("/api/executions?after=x", 400, "`after`"),
        ("/api/overview?docket=1", 404, "no docket with this number"),
        ("/api/overview?docket=x", 400, "`docket`"),
        ("/api/executions/x", 400, "`id`"),
        ("/api/executions/99", 404, "no such execution"),
        ("/api/other", 404, "nothing is here"),
        ("/api/actions", 405, "POST"),
    ] {
        let (found, body) = answer(page.get(path)).await;
        assert_eq!(found.as_u16(), status, "{path}: {body}");
        assert!(
            body["error"].as_str().unwrap().contains(text),
            "{path}: {body}"
        );
    }
    for (body, text) in [
        (json!({ "action": "retry" }), "either `ids` or `filter`"),
        (
            json!({ "action": "purge", "ids": ["1"] }),
            "unknown variant `purge`",
        ),
        (json!([]), "not an action"),
        (
            json!({ "action": "retry", "ids": vec!["1"; 1001] }),
            "more than 1000",
        ),
    ] {
        let (status, answer) = answer(page.post(&body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert!(answer["error"].as_str().unwrap().contains(text), "{answer}");
    }
    let large = json!({ "action": "retry", "ids": ["1"], "task": "x".repeat(70_000) });
    assert_eq!(answer(page.post(&large)).await.0, StatusCode::BAD_REQUEST);
    let state = page.read("/api/overview").await["state"].clone();
    assert_eq!(
        state["actions"],
        json!([]),
        "refused requests are no actions"
    );
}

#[tokio::test]
async fn a_server_without_a_docket_says_so_and_mounted_dockets_are_listed() {
    let page = serve(FastMcp::new("plain"), |dashboard| dashboard).await;
    let (status, body) = answer(page.get("/api/overview")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(
        body["error"]
            .as_str()
            .unwrap()
            .contains("FastMcp::enable_docket"),
        "{body}"
    );

    let inner = FastMcp::new("inner").docket(Docket::memory("inner-jobs"));
    let outer = FastMcp::new("outer")
        .docket(Docket::memory("outer-jobs"))
        .mount("in", inner);
    let page = serve(outer, |dashboard| dashboard).await;
    let overview = page.read("/api/overview?docket=1").await;
    assert_eq!(overview["dockets"], json!(["outer-jobs", "inner-jobs"]));
}

#[tokio::test]
async fn a_path_that_hides_the_server_is_refused() {
    for (path, why) in [
        ("dashboard", "is not a path such as `/dashboard`"),
        ("/", "is not a path such as `/dashboard`"),
        ("/{x}", "must be a fixed path"),
        ("/mcp", "contains another path of the server"),
        ("/health", "contains another path of the server"),
    ] {
        let started = FastMcp::new("shop")
            .dashboard(path, |dashboard| dashboard)
            .start()
            .await;
        let Err(error @ StartError::DashboardPath { .. }) = started else {
            panic!("{path}: {started:?}");
        };
        assert!(
            error
                .to_string()
                .starts_with(&format!("`FastMcp::dashboard`: `{path}` {why}")),
            "{error}"
        );
    }
}

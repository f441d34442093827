//! Servers with a dashboard, and a client of its requests.

use std::sync::Arc;

use fastmcp::docket::{Docket, Failure, Handlers, Outcome, Policy, Submission, Worker};
use fastmcp::{Dashboard, FastMcp};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A client of one dashboard.
#[derive(Clone)]
pub(crate) struct Page {
    /// The address of the page, without a slash at its end.
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    client: Client,
}

impl Page {
    pub(crate) fn new(url: String) -> Self {
        let client = Client::new();
        Self {
            url,
            token: None,
            client,
        }
    }

    /// Returns a client with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        let token = Some(token.to_owned());
        Self {
            token,
            ..self.clone()
        }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.with_headers(self.client.get(format!("{}{path}", self.url)))
    }

    pub(crate) fn post(&self, body: &Value) -> RequestBuilder {
        let request = self.client.post(format!("{}/api/actions", self.url));
        let request = self.with_headers(request);
        request
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    fn with_headers(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Returns the body of a request that succeeds.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let (status, body) = answer(self.get(path)).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Returns the numbers of changed and skipped executions of an action that succeeds.
    pub(crate) async fn act(&self, body: Value) -> (u64, u64) {
        let (status, answer) = answer(self.post(&body)).await;
        assert_eq!(status, StatusCode::OK, "{body}: {answer}");
        let number = |name: &str| answer[name].as_u64().unwrap_or_default();
        (number("changed"), number("skipped"))
    }
}

/// Returns the status and the body of a response.
pub(crate) async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let response: Response = request.send().await.expect("a response");
    let status = response.status();
    let text = response.text().await.expect("a body");
    let body = serde_json::from_str(&text).unwrap_or_else(|_| json!({ "text": text }));
    (status, body)
}

/// Serves a dashboard of a docket, at `/dashboard` of the server's own listener.
pub(crate) async fn serve(
    server: FastMcp,
    options: impl FnOnce(Dashboard) -> Dashboard + Send + 'static,
) -> Page {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = server
        .dashboard("/dashboard", options)
        .start()
        .await
        .unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    Page::new(format!("http://{address}/dashboard"))
}

/// Serves the dashboard of a docket that no worker of the server runs.
pub(crate) async fn serve_docket(docket: &Docket) -> Page {
    let server = FastMcp::new("shop").docket(docket.clone()).without_worker();
    serve(server, |dashboard| dashboard).await
}

/// Runs one execution of `task` that fails, under each key.
pub(crate) async fn fail(docket: &Docket, task: &str, keys: &[&str], message: &str) {
    let message = message.to_owned();
    let handlers = Handlers::new().task(task.to_owned(), Policy::default(), move |_| {
        let failed = Outcome::Failed(Failure::error(message.clone()));
        std::future::ready(failed)
    });
    for key in keys {
        let submission = Submission::new(task.to_owned(), r#"{"card":"4111"}"#).key(*key);
        docket.submit(submission).await.unwrap();
    }
    let worker = Worker::builder(docket, Arc::new(handlers)).build().unwrap();
    worker.run_until_finished().await.unwrap();
}

/// Returns the keys of the rows of a list.
pub(crate) fn keys(list: &Value) -> Vec<&str> {
    let rows = list["rows"].as_array().expect("rows");
    rows.iter()
        .map(|row| row["key"].as_str().unwrap())
        .collect()
}

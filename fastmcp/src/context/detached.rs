//! [`Context::detached`]: the context of no request, for unit tests.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::context::call_state::CallState;
use crate::context::client_channel::{ClientChannel, LogLevel};
use crate::context::input::{InputCapabilities, InputError, Question};
use crate::context::request::{Context, Request, Transport};
use crate::context::session::Session;

impl Context {
    /// Creates a context without a client and without a server, to call a handler in a unit test.
    ///
    /// Progress and log messages go nowhere, questions fail with
    /// [`InputError::Unsupported`], and the lists of the server's components are empty. The context has a
    /// session of its own. To test what a client sees, call the server through
    /// [`Client::connect`](crate::client::Client::connect).
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// Adds numbers and reports progress.
    /// #[tool]
    /// async fn total(numbers: Vec<f64>, ctx: Context) -> f64 {
    ///     ctx.report_progress(1.0, Some(1.0), None).await;
    ///     numbers.iter().sum()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(total(vec![1.0, 2.0], Context::detached()).await, 3.0);
    /// # }
    /// ```
    pub fn detached() -> Self {
        Self::new(Request {
            state: Arc::new(CallState::with_token("detached", CancellationToken::new())),
            server: "detached".into(),
            client: None,
            protocol: None,
            #[cfg(feature = "http")]
            http: None,
            trace: None,
            meta: Arc::default(),
            client_channel: Arc::new(NoClient),
            transport: Transport::Stream,
            input_capabilities: InputCapabilities::default(),
            asking_refused: None,
            answer_log: None,
            nested: false,
            session: Some(Session::default()),
            server_handle: None,
        })
    }
}

/// Drops all messages.
struct NoClient;

impl ClientChannel for NoClient {
    fn wants_progress(&self) -> bool {
        false
    }

    fn progress<'a>(&'a self, _: f64, _: Option<f64>, _: Option<&'a str>) -> BoxFuture<'a, ()> {
        ready(()).boxed()
    }

    fn log<'a>(&'a self, _: LogLevel, _: &'a str, _: Value) -> BoxFuture<'a, ()> {
        ready(()).boxed()
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, InputError>> {
        ready(Err(InputError::Unsupported(question.kind))).boxed()
    }
}

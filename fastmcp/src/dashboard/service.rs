//! Responds to the requests of a dashboard, as a tower service.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::json;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::dashboard::action;
use crate::dashboard::board::Dashboard;
use crate::dashboard::gate::{Refused, Viewer};
use crate::dashboard::panel::Panel;
use crate::dashboard::query::Query;
use crate::dashboard::response::{error, events, json_of, method_not_allowed, page, protected};
use crate::dashboard::row::{Contents, Details};
use crate::dashboard::search;
use crate::dashboard::watch::{self, READ_TIMEOUT};
use crate::docket::backend::call::Target;
use crate::docket::error::{BackendError, DocketError};
use crate::docket::model::record::{ExecutionId, Record};

/// The maximum size of the body of a request in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The time in which a client has to send the body of a request.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum size of a text of the contents of an execution, in bytes.
const MAX_CONTENTS: usize = 64 * 1024;

impl<B> Service<Request<B>> for Dashboard
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let dashboard = self.clone();
        let request = request.map(Body::new);
        Box::pin(async move { Ok(dashboard.respond(request).await) })
    }
}

impl Dashboard {
    /// Responds to a request whose path is relative to that of the dashboard.
    pub(crate) async fn respond(self, request: Request<Body>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match self.answer(parts, body).await {
            Ok(response) => response,
            Err(refused) => protected(*refused),
        }
    }

    async fn answer(&self, mut parts: Parts, body: Body) -> Result<Response<Body>, Refused> {
        let path = parts.uri.path().to_owned();
        if matches!(&*path, "" | "/") {
            self.gate.check_host(&parts)?;
            return Ok(match parts.method {
                Method::GET | Method::HEAD => page(),
                _ => method_not_allowed("GET"),
            });
        }
        let viewer = self.gate.admit(&mut parts).await?;
        let is_action = path == "/api/actions";
        let allowed = if is_action { Method::POST } else { Method::GET };
        if parts.method != allowed {
            return Ok(method_not_allowed(if is_action { "POST" } else { "GET" }));
        }
        if is_action {
            return self.act(&viewer, &parts, body).await;
        }
        let query = Query::parse(parts.uri.query());
        let number = query.number("docket").map_err(invalid)?;
        let panel = self.panel(number.unwrap_or_default())?;
        match &*path {
            "/api/overview" => {
                self.overview(&viewer, number.unwrap_or_default(), panel)
                    .await
            }
            "/api/executions" => {
                let selector = query.selector().map_err(invalid)?;
                let after = query.number("after").map_err(invalid)?;
                let found = search::find(&panel.docket, &selector, after);
                Ok(json_of(&within(panel, found).await?))
            }
            "/api/events" => {
                let stopped = CancellationToken::new();
                let stop = self.stop().unwrap_or(&stopped);
                let Some(messages) = watch::open(panel, stop) else {
                    let text = "too many pages look at this docket";
                    return Err(error(StatusCode::SERVICE_UNAVAILABLE, text).into());
                };
                Ok(events(stream(messages)))
            }
            path => match path.strip_prefix("/api/executions/") {
                Some(id) => self.details(panel, id).await,
                None => {
                    let text = "nothing is here; mount the dashboard with `Router::nest_service`";
                    Ok(error(StatusCode::NOT_FOUND, text))
                }
            },
        }
    }

    fn panel(&self, number: u64) -> Result<&Arc<Panel>, Refused> {
        let panel = usize::try_from(number)
            .ok()
            .and_then(|at| self.panels.get(at));
        panel.ok_or_else(|| {
            let text = if self.panels.is_empty() {
                "this server has no docket: enable it with `FastMcp::enable_docket`"
            } else {
                "there is no docket with this number"
            };
            error(StatusCode::NOT_FOUND, text).into()
        })
    }

    async fn overview(
        &self,
        viewer: &Viewer,
        number: u64,
        panel: &Panel,
    ) -> Result<Response<Body>, Refused> {
        let (state, sample) = within(panel, panel.read()).await?;
        panel.live.add_sample(sample);
        let dockets: Vec<&str> = self.panels.iter().map(|it| it.docket.name()).collect();
        Ok(json_of(&json!({
            "server": self.title,
            "docket": number,
            "dockets": dockets,
            "caller": viewer.subject,
            "may_operate": viewer.may_operate,
            "has_worker": panel.worker.is_some(),
            "samples": panel.live.samples(),
            "state": state,
        })))
    }

    async fn details(&self, panel: &Panel, id: &str) -> Result<Response<Body>, Refused> {
        let id = id.parse().map_err(|_| invalid("id"))?;
        let target = Target::Id(ExecutionId(id));
        let found = within(panel, panel.docket.backend().find(&target)).await?;
        let Some(record) = found else {
            let text = "there is no such execution; it may have expired";
            return Err(error(StatusCode::NOT_FOUND, text).into());
        };
        let contents = if self.shows_contents {
            Some(contents(panel, &record).await?)
        } else {
            None
        };
        Ok(json_of(&Details::new(&record, contents)))
    }

    async fn act(
        &self,
        viewer: &Viewer,
        parts: &Parts,
        body: Body,
    ) -> Result<Response<Body>, Refused> {
        if !viewer.may_operate {
            return Err(self.gate.refuse_action().into());
        }
        // A form of another page cannot send this type without the permission of this server, which nobody gets.
        let kind = parts.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let is_json = kind.is_some_and(|kind| {
            let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
            kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
        });
        if !is_json {
            let text = "the body must be `application/json`";
            return Err(error(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into());
        }
        let body = timeout(BODY_TIMEOUT, axum::body::to_bytes(body, MAX_BODY)).await;
        let Ok(Ok(body)) = body else {
            let text = format!("the body is larger than {MAX_BODY} bytes, or did not arrive");
            return Err(error(StatusCode::BAD_REQUEST, text).into());
        };
        let refuse = |text: String| Refused::from(error(StatusCode::BAD_REQUEST, text));
        let request: action::Request = serde_json::from_slice(&body)
            .map_err(|error| refuse(format!("the body is not an action: {error}")))?;
        request.check().map_err(refuse)?;
        let panel = Arc::clone(self.panel(request.docket)?);
        let caller = viewer.subject.clone();
        // A change of many executions is finished and logged even if the page is closed meanwhile.
        let done = tokio::spawn(async move {
            let outcome = request.run(&panel.docket).await;
            let outcome = outcome.map_err(|error| failed(&panel, error));
            let (docket, action) = (panel.docket.name(), request.action());
            let what = request.what();
            panel
                .actions
                .add(docket, caller.as_deref(), action, what, &outcome);
            outcome
        });
        match done.await {
            Ok(Ok(changed)) => Ok(json_of(&json!({
                "changed": changed.map(|it| it.changed),
                "skipped": changed.map_or(0, |it| it.skipped),
            }))),
            Ok(Err(text)) => Err(error(StatusCode::BAD_GATEWAY, text).into()),
            Err(_) => Err(error(StatusCode::INTERNAL_SERVER_ERROR, "the action failed").into()),
        }
    }
}

/// Returns the text of an error for the page. Those of the store are logged.
fn failed(panel: &Panel, error: DocketError) -> String {
    match error {
        DocketError::Backend(error) => panel.failed(&error).to_owned(),
        error => error.to_string(),
    }
}

/// Waits for the store of a docket.
async fn within<T>(
    panel: &Panel,
    step: impl Future<Output = Result<T, BackendError>>,
) -> Result<T, Refused> {
    match timeout(READ_TIMEOUT, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(cause)) => {
            let text = panel.failed(&cause);
            Err(error(StatusCode::BAD_GATEWAY, text).into())
        }
        Err(_) => {
            let text = format!("the docket's store did not respond within {READ_TIMEOUT:?}");
            Err(error(StatusCode::GATEWAY_TIMEOUT, text).into())
        }
    }
}

/// Reads the arguments, the result and the note of an execution.
async fn contents(panel: &Panel, record: &Record) -> Result<Contents, Refused> {
    let text = |bytes: &Bytes| {
        let shown = &bytes[..bytes.len().min(MAX_CONTENTS)];
        let mut text = String::from_utf8_lossy(shown).into_owned();
        if shown.len() < bytes.len() {
            text.push('…');
        }
        text
    };
    let arguments = async {
        match panel.docket.payload(record.id).await {
            Ok(payload) => Ok(payload),
            Err(DocketError::Backend(error)) => Err(error),
            Err(error) => Err(BackendError::new(error.to_string())),
        }
    };
    Ok(Contents {
        arguments: within(panel, arguments).await?.as_ref().map(text),
        result: record.result.as_ref().map(text),
        note: record.note.as_ref().map(text),
    })
}

fn invalid(parameter: &str) -> Response<Body> {
    let text = format!("the parameter `{parameter}` is not valid");
    error(StatusCode::BAD_REQUEST, text)
}

/// Returns an event stream of messages. The first is a comment, so that the head of the response is sent at once.
fn stream(messages: tokio::sync::mpsc::Receiver<Bytes>) -> Body {
    let first = Some(Bytes::from_static(b":\n\n"));
    let events = futures_util::stream::unfold((first, messages), |(first, mut messages)| async {
        let event = match first {
            Some(first) => first,
            None => messages.recv().await?,
        };
        Some((Ok::<_, Infallible>(event), (None, messages)))
    });
    Body::from_stream(events)
}

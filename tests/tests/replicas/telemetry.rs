//! Spans and metrics of real processes, as a collector receives them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::telemetry::Telemetry;
use fastmcp_tests::collector::{Collector, ReceivedSpan, attribute};
use fastmcp_tests::http::{Events, Http, answer};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::{Value, json};

use crate::server::RedisServer;
use crate::{REPLICA, WorkerProcess, replica, until};

/// The context of a span of a client, and its parts.
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// The context of the span of an HTTP request.
const HTTP_PARENT: &str = "00-11111111111111111111111111111111-2222222222222222-01";
const HTTP_SPAN: &str = "2222222222222222";

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// A process that serves HTTP, killed on drop.
struct HttpProcess {
    child: Child,
    url: String,
}

impl HttpProcess {
    fn start(mut command: Command, variables: &[(&str, &str)]) -> Self {
        let mut child = command
            .arg("http")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut address).unwrap();
        let url = format!("http://{}/mcp", address.trim());
        Self { child, url }
    }

    /// Starts a process without a docket, which exports to `endpoint`.
    fn alone(endpoint: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(REPLICA);
        command
            .env("FASTMCP_DOCKET_URL", "memory://")
            .env("RUST_BACKTRACE", "0")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
            .envs(QUICK);
        Self::start(command, variables)
    }

    /// Ends the process as an orchestrator does, and returns its log.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.unwrap().success());
        let mut log = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

impl Drop for HttpProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Exporters send at once instead of every few seconds.
const QUICK: [(&str, &str); 2] = [
    ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
];

/// Waits for the span of this name and service, and returns it.
async fn span(
    collector: &Collector,
    service: &str,
    name: &str,
    trace: Option<&[u8]>,
) -> ReceivedSpan {
    let find = || {
        let spans = collector.spans().into_iter();
        let mut spans = spans.filter(|it| it.service == service && it.span.name == name);
        spans.find(|it| trace.is_none_or(|trace| it.span.trace_id == trace))
    };
    until(&format!("no span `{name}` of {service}"), async || {
        find().is_some()
    })
    .await;
    find().unwrap()
}

/// Waits for a histogram with a point that has these attributes.
async fn point(collector: &Collector, metric: &str, expected: &[(&str, &str)]) {
    let has_point = async || {
        collector.metrics(metric).iter().any(|metric| {
            let attributes: Vec<_> = match metric.data.as_ref().unwrap() {
                Data::Histogram(data) => data.data_points.iter().map(|it| &it.attributes).collect(),
                Data::Sum(data) => data.data_points.iter().map(|it| &it.attributes).collect(),
                Data::Gauge(data) => data.data_points.iter().map(|it| &it.attributes).collect(),
                other => panic!("{other:?}"),
            };
            attributes.into_iter().any(|attributes| {
                let mut expected = expected.iter();
                expected.all(|(name, value)| attribute(attributes, name).as_deref() == Some(value))
            })
        })
    };
    until(&format!("no point {expected:?} of `{metric}`"), has_point).await;
}

#[tokio::test]
async fn a_call_and_its_task_in_another_process_are_one_trace() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let collector = Collector::start().await;
    let of_process = |name: &str| {
        let mut command = replica(&redis.url(), "traced");
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
            .env("OTEL_SERVICE_NAME", name)
            .envs(QUICK);
        command
    };
    let worker = of_process("worker").arg("worker").spawn().unwrap();
    let worker = WorkerProcess(worker);
    let server = of_process("server");
    let server = HttpProcess::start(server, &[("FASTMCP_DOCKET_CONCURRENCY", "0")]);

    // This process has a server only for its exporters.
    let _log = fastmcp::log_to_stderr();
    let telemetry = Telemetry::new().otlp(&collector.url);
    let exporting = fastmcp::FastMcp::new("client")
        .docket(None)
        .telemetry(telemetry);
    let exporting = exporting.start().await.unwrap();
    let client = Client::http(&server.url).await.unwrap();
    let arguments = json!({ "tasks": 1, "pause_ms": 0 });
    let result = client.call_tool("ran_by", arguments).await.unwrap();
    assert_eq!(
        result.structured_content,
        Some(json!({ "result": [worker.0.id()] }))
    );
    exporting.shutdown().await.unwrap();

    let sent = span(&collector, "client", "tools/call ran_by", None).await;
    let trace = sent.span.trace_id.clone();
    let called = span(&collector, "server", "tools/call ran_by", Some(&trace)).await;
    let submitted = span(&collector, "server", "send count", Some(&trace)).await;
    let processed = span(&collector, "worker", "process count", Some(&trace)).await;
    let chain = [
        (&sent, SpanKind::Client),
        (&called, SpanKind::Server),
        (&submitted, SpanKind::Producer),
        (&processed, SpanKind::Consumer),
    ];
    assert_eq!(sent.span.parent_span_id, b"");
    for pair in chain.windows(2) {
        let (parent, child) = (&pair[0].0.span, &pair[1].0.span);
        assert_eq!(child.parent_span_id, parent.span_id, "{}", child.name);
    }
    for (received, kind) in chain {
        assert_eq!(received.span.kind, kind as i32, "{}", received.span.name);
    }
    let [link] = &*processed.span.links else {
        panic!("one link: {:?}", processed.span.links);
    };
    assert_eq!(link.span_id, submitted.span.span_id);
    for (name, value) in [
        ("messaging.system", "fastmcp"),
        ("messaging.operation.type", "process"),
        ("messaging.destination.name", "count"),
        ("fastmcp.docket.name", "traced"),
        ("fastmcp.docket.outcome", "completed"),
    ] {
        assert_eq!(processed.attribute(name).as_deref(), Some(value), "{name}");
    }
    // The contents of requests are recorded only on request.
    for received in collector.spans() {
        let names = received.span.attributes.iter().map(|it| &it.key);
        let contents: Vec<_> = names
            .filter(|it| it.contains("arguments") || it.contains("result"))
            .collect();
        assert!(contents.is_empty(), "{contents:?}");
    }
    let task = ("messaging.destination.name", "count");
    point(&collector, "messaging.client.sent.messages", &[task]).await;
    point(&collector, "messaging.process.duration", &[task]).await;
    point(&collector, "fastmcp.docket.lateness", &[task]).await;
    point(
        &collector,
        "fastmcp.docket.executions",
        &[task, ("fastmcp.docket.state", "running")],
    )
    .await;
    point(
        &collector,
        "fastmcp.docket.workers",
        &[("fastmcp.docket.name", "traced")],
    )
    .await;
}

/// Sends a call with the contexts of spans in its metadata and in a header. Returns its response.
async fn call(url: &str, tool: &str, arguments: Value, parents: [Option<&str>; 2]) -> Value {
    let [metadata, header] = parents;
    let mut params = json!({ "name": tool, "arguments": arguments });
    if let Some(parent) = metadata {
        params["_meta"]["traceparent"] = json!(parent);
    }
    let http = Http::new(url);
    let http = match header {
        Some(header) => http.with("traceparent", header),
        None => http,
    };
    let response = answer(http.modern("tools/call", params)).await;
    serde_json::from_str(&response.text).unwrap()
}

// The collector has to respond while the test waits for the end of a process.
#[expect(clippy::too_many_lines, reason = "one trace, span by span")]
#[tokio::test(flavor = "multi_thread")]
async fn requests_are_recorded_by_the_conventions() {
    // On the fast path, and through the protocol library.
    for fast_path in ["true", "false"] {
        let collector = Collector::start().await;
        let server = HttpProcess::alone(&collector.url, &[("FASTMCP_FAST_PATH", fast_path)]);
        let url = &server.url;
        let number = |number: u64| json!({ "number": number });
        call(url, "double", number(1), [Some(PARENT), Some(HTTP_PARENT)]).await;
        let called = span(&collector, "replica", "tools/call double", None).await;
        assert_eq!(hex(&called.span.trace_id), TRACE);
        assert_eq!(hex(&called.span.parent_span_id), SPAN);
        let links: Vec<_> = called
            .span
            .links
            .iter()
            .map(|it| hex(&it.span_id))
            .collect();
        assert_eq!(links, [HTTP_SPAN], "fast path: {fast_path}");
        for (name, value) in [
            ("mcp.method.name", Some("tools/call")),
            ("mcp.protocol.version", Some("2026-07-28")),
            ("jsonrpc.request.id", Some("1")),
            ("gen_ai.operation.name", Some("execute_tool")),
            ("gen_ai.tool.name", Some("double")),
            ("network.transport", Some("tcp")),
            ("network.protocol.name", Some("http")),
            ("error.type", None),
            ("gen_ai.tool.call.arguments", None),
            ("gen_ai.tool.call.result", None),
        ] {
            assert_eq!(called.attribute(name).as_deref(), value, "{name}");
        }

        // The span of the HTTP request is the parent if the client names no other one.
        call(
            url,
            "double",
            number(1),
            [Some("00-nonsense"), Some(HTTP_PARENT)],
        )
        .await;
        let of_http = [0x11; 16];
        let called = span(&collector, "replica", "tools/call double", Some(&of_http)).await;
        assert_eq!(hex(&called.span.parent_span_id), HTTP_SPAN);

        let root = "the request with malformed contexts";
        call(
            url,
            "double",
            number(5_000_000_000),
            [Some("00-x"), Some("ü")],
        )
        .await;
        let is_root = async || {
            collector
                .spans()
                .iter()
                .any(|it| it.span.parent_span_id.is_empty())
        };
        until(root, is_root).await;

        // The largest number cannot be doubled, which is an error of the tool.
        call(
            url,
            "double",
            number(4_294_967_295),
            [Some(&PARENT.replace("4736", "4737")), None],
        )
        .await;
        let failed = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4737_u128.to_be_bytes();
        let failed = span(&collector, "replica", "tools/call double", Some(&failed)).await;
        assert_eq!(
            failed.attribute("error.type").as_deref(),
            Some("tool_error")
        );
        let status = failed.span.status.clone().unwrap();
        assert_eq!(
            (status.code, &*status.message),
            (StatusCode::Error as i32, "")
        );

        // A name that the client made up is no attribute of metrics, and no error of the server.
        call(url, "triple", number(1), [None, None]).await;
        let unknown = span(&collector, "replica", "tools/call triple", None).await;
        assert_eq!(
            unknown.attribute("rpc.response.status_code").as_deref(),
            Some("-32602")
        );
        let status = unknown.span.status.clone().unwrap_or_default();
        assert_eq!(status.code, StatusCode::Unset as i32);
        let metric = "mcp.server.operation.duration";
        let method = ("mcp.method.name", "tools/call");
        point(
            &collector,
            metric,
            &[method, ("gen_ai.tool.name", "double")],
        )
        .await;
        point(&collector, metric, &[method, ("error.type", "tool_error")]).await;
        point(
            &collector,
            metric,
            &[method, ("rpc.response.status_code", "-32602")],
        )
        .await;
        for metric in collector.metrics(metric) {
            assert!(!format!("{metric:?}").contains("triple"), "{metric:?}");
            assert_eq!(metric.unit, "s");
        }
        let session = Http::new(url).session().await;
        answer(session.delete()).await;
        let version = ("mcp.protocol.version", "2025-11-25");
        point(&collector, "mcp.server.session.duration", &[version]).await;
        server.stop();
        // The last spans are sent before the process ends.
        assert!(
            collector
                .spans()
                .iter()
                .any(|it| it.span.name == "shutdown")
        );
    }
}

#[tokio::test]
async fn contents_are_recorded_on_request() {
    for fast_path in ["true", "false"] {
        let collector = Collector::start().await;
        let variables = [
            ("FASTMCP_FAST_PATH", fast_path),
            ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "true"),
        ];
        let server = HttpProcess::alone(&collector.url, &variables);
        call(&server.url, "double", json!({ "number": 21 }), [None, None]).await;
        let called = span(&collector, "replica", "tools/call double", None).await;
        let content = |name| called.attribute(name).unwrap_or_default();
        assert_eq!(content("gen_ai.tool.call.arguments"), r#"{"number":21}"#);
        let result = content("gen_ai.tool.call.result");
        assert!(result.contains("42"), "{result}");
        let params = json!({ "name": "greet", "arguments": { "name": "Ada" } });
        answer(Http::new(&server.url).modern("prompts/get", params)).await;
        let prompt = span(&collector, "replica", "prompts/get greet", None).await;
        assert_eq!(
            prompt.attribute("gen_ai.prompt.variable.name").as_deref(),
            Some("Ada")
        );
    }
}

#[tokio::test]
async fn an_unreachable_collector_costs_one_warning() {
    let server = HttpProcess::alone("http://user:secret@127.0.0.1:1", &[]);
    for number in 0..20 {
        let response = call(
            &server.url,
            "double",
            json!({ "number": number }),
            [None, None],
        )
        .await;
        let result = &response["result"]["structuredContent"]["result"];
        assert_eq!(*result, json!(number * 2));
        // Longer than the interval of the exporters, so that they fail several times.
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let log = server.stop();
    for what in ["spans", "metrics"] {
        let warning = format!("cannot export {what} to the collector at http://127.0.0.1:1/");
        assert_eq!(log.matches(&warning).count(), 1, "{log}");
    }
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_sdk_exports_nothing_and_prometheus_is_served() {
    let collector = Collector::start().await;
    let disabled = HttpProcess::alone(&collector.url, &[("OTEL_SDK_DISABLED", "true")]);
    call(
        &disabled.url,
        "double",
        json!({ "number": 1 }),
        [None, None],
    )
    .await;
    disabled.stop();
    assert!(collector.spans().is_empty());

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let variables = [
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_METRICS_EXPORTER", "prometheus"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.1"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", &port),
        ("ANNEX", "1"),
    ];
    let server = HttpProcess::alone(&collector.url, &variables);
    call(&server.url, "double", json!({ "number": 1 }), [None, None]).await;
    let text = answer(Http::new(&format!("http://127.0.0.1:{port}/metrics")).get())
        .await
        .text;
    let count = "mcp_server_operation_duration_seconds_count{";
    assert!(text.lines().any(|line| line.starts_with(count)), "{text}");
    // A mounted server with a docket of its own is measured too.
    for docket in ["replica", "annex"] {
        let workers = text
            .lines()
            .filter(|it| it.starts_with("fastmcp_docket_workers"));
        let found = workers
            .filter(|it| it.contains(&format!("\"{docket}\"")))
            .count();
        assert_eq!(found, 1, "{docket}: {text}");
    }
    server.stop();
    assert!(collector.spans().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_exports_what_waits() {
    for fast_path in ["true", "false"] {
        let collector = Collector::start().await;
        // Nothing is exported in time: only the end of the process does it.
        let server = HttpProcess::alone(
            &collector.url,
            &[
                ("FASTMCP_FAST_PATH", fast_path),
                ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
                ("OTEL_METRIC_EXPORT_INTERVAL", "3600000"),
            ],
        );
        let http = Http::new(&server.url);
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        let mut events = Events::of(http.modern("subscriptions/listen", filter)).await;
        let acknowledged = events.next().await.unwrap().data;
        assert_eq!(
            acknowledged["method"],
            "notifications/subscriptions/acknowledged"
        );
        let session = http.session().await;
        let called = answer(session.legacy_call(2, "double", json!({ "number": 1 }))).await;
        assert_eq!(called.status, 200, "{}", called.text);
        let exported = collector.spans();
        assert!(exported.is_empty(), "{exported:?}");
        drop(events);
        server.stop();
        let spans = collector.spans();
        let find = |name: &str| {
            let found = spans.iter().find(|it| it.span.name == name);
            found.unwrap_or_else(|| panic!("no `{name}` in {spans:?}"))
        };
        find("subscriptions/listen");
        let call = find("tools/call double");
        // With and without the fast path, the span names the session.
        let id = session.headers["mcp-session-id"].to_str().unwrap();
        assert_eq!(
            call.attribute("mcp.session.id").as_deref(),
            Some(id),
            "{fast_path}"
        );
        let version = call.attribute("mcp.protocol.version");
        assert_eq!(version.as_deref(), Some("2025-11-25"), "{fast_path}");
        let durations = collector.metrics("mcp.server.operation.duration");
        assert!(!durations.is_empty(), "metrics are exported too");
    }
}

//! Benchmarks calls over stdio, over HTTP and in the process: ours, the macros of rmcp, and a limit.
//!
//! `cargo bench -p fastmcp --bench calls [-- [--json] [--quick] [--only ROW]]`. The limit decodes the arguments of a call
//! straight into a type and does nothing else: over stdio, a loop that answers in batches on tokio, or for one call at a
//! time a loop of blocking reads and writes; over HTTP, a route of axum. The servers are programs of their own
//! (`servers/`). Each row measures all of them in turn and takes the best of three rounds, or one round with `--quick`.
//! Compare the ratios; absolute numbers depend on the machine and its load.

mod http;
mod in_process;
mod request;
mod rows;
mod servers;
mod stdio;

use http::Mode;
use request::{Call, Era};
use rows::Rows;
use servers::{Programs, Server};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1).cloned()
    };
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let rows = Rows::new(has("--json"), has("--quick"), value("--only"));
    in_process::measure(&rows);
    let Some(programs) = Programs::build() else {
        return;
    };
    measure_stdio(&rows, &programs);
    measure_http(&rows, &programs);
}

fn measure_stdio(rows: &Rows, programs: &Programs) {
    for (tools, suffix) in [(2, ""), (100, "_100_tools")] {
        let servers = |limit| {
            [
                programs.ours(tools),
                programs.rmcp(tools),
                programs.limit(limit),
            ]
        };
        rows.most(&format!("stdio_64{suffix}"), "calls/s", || {
            servers("tokio").map(|server| Some(stdio::calls_per_second(&server, 64)))
        });
        rows.most(&format!("stdio_32{suffix}"), "calls/s", || {
            servers("tokio").map(|server| Some(stdio::calls_per_second(&server, 32)))
        });
        rows.least(&format!("stdio_1_p50{suffix}"), "us", || {
            servers("std").map(|server| Some(stdio::median(&server, Call::Add, 5_000)))
        });
        rows.least(&format!("start_to_first_answer{suffix}"), "ms", || {
            servers("tokio").map(|server| Some(stdio::first_answer(&server)))
        });
        rows.least(&format!("stdio_rss{suffix}"), "MB", || {
            servers("tokio").map(|server| Some(stdio::resident(&server)))
        });
    }
    let servers = || [programs.ours(2), programs.rmcp(2), programs.limit("std")];
    rows.least("stdio_text_1_mib", "us", || {
        servers().map(|server| Some(stdio::median(&server, Call::Text(1 << 20), 40)))
    });
    rows.least("stdio_10000_integers", "us", || {
        servers().map(|server| Some(stdio::median(&server, Call::Integers(10_000), 100)))
    });
}

fn measure_http(rows: &Rows, programs: &Programs) {
    let servers = |tools, mode: Mode| {
        let (ours, rmcp): (Server, Server) = (programs.ours(tools), programs.rmcp(tools));
        [
            ours.with_mode(mode.name()),
            rmcp.with_mode(mode.name()),
            programs.limit("http"),
        ]
    };
    for (name, tools, mode, era) in [
        ("http_2025", 2, Mode::Json, Era::E2025),
        ("http_2026", 2, Mode::Json, Era::E2026),
        ("http_2025_100_tools", 100, Mode::Json, Era::E2025),
        ("http_2026_100_tools", 100, Mode::Json, Era::E2026),
        ("http_events", 2, Mode::Events, Era::E2025),
        ("http_sessions", 2, Mode::Sessions, Era::E2025),
    ] {
        for connections in [32, 64] {
            rows.most(&format!("{name}_{connections}"), "calls/s", || {
                servers(tools, mode).map(|server| http::run(&server, era, connections).rate)
            });
        }
        rows.least(&format!("{name}_1_p50"), "us", || {
            servers(tools, mode).map(|server| http::run(&server, era, 1).median)
        });
    }
    rows.once("idle_session", "bytes", || {
        let [ours, rmcp, _] = servers(2, Mode::Sessions);
        [
            Some(http::bytes_per_session(&ours, 10_000)),
            Some(http::bytes_per_session(&rmcp, 10_000)),
            None,
        ]
    });
}

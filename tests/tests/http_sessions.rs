//! The sessions of revisions before 2026-07-28: streams that break and are read on, sessions that
//! end, servers that stop.

use std::sync::LazyLock;
use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{HttpOptions, HttpService, Server};
use fastmcp_tests::http::{Event, Events, Http, answer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// What the calls of `wait` wait for: a test lets each go on.
static GATE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(0));

/// Waits until it is let through.
#[tool]
async fn wait(gate: State<Gate>, ctx: Context) -> &'static str {
    ctx.report_progress(1.0, None, Some("waiting")).await;
    gate.reached.add_permits(1);
    gate.open.acquire().await.unwrap().forget();
    "through"
}

/// Ends its own connection, and waits.
#[tool]
async fn hang_up(gate: State<Gate>, ctx: Context) -> bool {
    let was_open = ctx.close_sse_stream();
    gate.reached.add_permits(1);
    gate.open.acquire().await.unwrap().forget();
    was_open
}

#[tool]
fn ping_pong() -> &'static str {
    "pong"
}

/// Where a test and the calls that it makes meet.
struct Gate {
    reached: Semaphore,
    open: Semaphore,
}

struct Stage {
    server: Server,
    service: HttpService,
    http: Http,
    gate: &'static Gate,
}

impl Stage {
    async fn new(options: HttpOptions) -> Self {
        let _ = &GATE;
        let gate: &'static Gate = Box::leak(Box::new(Gate {
            reached: Semaphore::new(0),
            open: Semaphore::new(0),
        }));
        todo!()
    }
}

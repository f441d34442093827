//! One of several processes that serve tasks from one docket, and sessions from one store: `http` (prints its address),
//! `stdio` or `worker`.

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::middleware;
use fastmcp::TaskFallback;
use fastmcp::dependencies::{SessionState, Steps, UserState};
use fastmcp::prelude::*;
use fastmcp_tests::http::authenticate;

/// Returns the id of the process that ran this.
#[tool(task)]
async fn slow(pause_ms: u64) -> u32 {
    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    std::process::id()
}

/// Asks for a name.
#[tool(task)]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Hello, {name}!"))
}

/// Never ends on its own.
#[tool(task)]
async fn endless() {
    std::future::pending::<()>().await;
}

/// Has a short TTL.
#[tool(task(ttl = "2s"))]
async fn brief() -> &'static str {
    "brief"
}

/// Adds an item to the cart of the session, and returns the cart.
#[tool]
async fn add_to_cart(item: String, state: SessionState) -> Result<Vec<String>> {
    let add = |cart: &mut Vec<String>| {
        cart.push(item.clone());
        cart.clone()
    };
    state.update("cart", add).await
}

/// Counts the calls of a user.
#[tool]
async fn visit(state: UserState) -> Result<u32> {
    let count = |count: &mut u32| {
        *count += 1;
        *count
    };
    state.update("visits", count).await
}

/// The calls of `wait` that run in this process.
static WAITING: AtomicU32 = AtomicU32::new(0);

/// Waits until the client cancels.
#[tool]
async fn wait(ctx: Context) {
    struct Waiting;
    impl Drop for Waiting {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::SeqCst);
        }
    }
    WAITING.fetch_add(1, Ordering::SeqCst);
    let _waiting = Waiting;
    ctx.report_progress(0.0, None, None).await;
    std::future::pending::<()>().await;
}

/// Returns the number of calls that wait in this process.
#[tool]
fn waiting() -> u32 {
    WAITING.load(Ordering::SeqCst)
}

/// The news.
#[resource("news://today")]
fn news() -> &'static str {
    "none"
}

/// Notifies the subscribers of the news.
#[tool]
async fn publish(ctx: Context) {
    ctx.notify_resource_updated("news://today");
}

/// Logs at two levels.
#[tool]
async fn log(ctx: Context) {
    ctx.info("quiet").await;
    ctx.error("loud").await;
}

/// Takes four steps with a sleep in between. It kills its process after each step, and once within the third one.
#[task]
async fn journey(log: String, steps: Steps) -> Result<()> {
    for name in ["one", "two"] {
        steps.step(name).run(async { append(&log, name) }).await?;
        die_once(&log, &format!("killed after {name}")).await;
    }
    steps.sleep("pause", Duration::from_millis(200)).await?;
    let third = async {
        append(&log, "three")?;
        die_once(&log, "killed in three").await;
        Ok(())
    };
    steps.step("three").run(third).await?;
    die_once(&log, "killed after three").await;
    steps.step("four").run(async { append(&log, "four") }).await
}

/// Takes three steps with a question between each two. It kills its process after each step and each answer.
#[tool(task)]
async fn errand(log: String, ctx: Context, steps: Steps) -> Result<String> {
    steps
        .step("first")
        .run(async { append(&log, "first") })
        .await?;
    die_once(&log, "killed after first").await;
    let who: String = ctx.elicit("Who?").key("who").await?;
    die_once(&log, "killed after who").await;
    let second = async { append(&log, &format!("second for {who}")) };
    steps.step("second").run(second).await?;
    die_once(&log, "killed after second").await;
    let when: String = ctx.elicit("When?").key("when").await?;
    die_once(&log, "killed after when").await;
    let third = async { append(&log, &format!("third at {when}")) };
    steps.step("third").run(third).await?;
    Ok(format!("{who} at {when}"))
}

fn append(log: &str, line: &str) -> Result<()> {
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(log);
    Ok(writeln!(file?, "{line}")?)
}

/// Kills this process, unless a process has already been killed here.
async fn die_once(log: &str, place: &str) {
    let lines = std::fs::read_to_string(log).unwrap_or_default();
    if lines.lines().any(|line| line == place) {
        return;
    }
    append(log, place).expect("the log can be written");
    let id = std::process::id().to_string();
    let _ = std::process::Command::new("kill")
        .args(["-9", &id])
        .status();
    std::future::pending::<()>().await;
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut server = FastMcp::new("replica").enable_docket();
    // For the clients of a shared docket that do not declare the tasks extension. The tests of sessions ask questions in
    // calls without tasks.
    if std::env::var_os("FASTMCP_DOCKET_URL").is_some() {
        server = server.task_fallback(TaskFallback::after(Duration::from_millis(200)));
    }
    match std::env::args().nth(1).as_deref() {
        Some("worker") => return Ok(server.run_worker().await?),
        Some("stdio") => return Ok(server.run().await?),
        _ => {}
    }
    let server = server.start().await?;
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/mcp", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

//! The page of the example `apps` and a page with a policy, in a browser within `host.html`. Without Chromium, these
//! tests are skipped.

use std::sync::OnceLock;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use fastmcp_tests::browser::Browser;
use tokio::net::TcpListener;

use crate::example;

/// Two origins, of which the page declares the first.
static ORIGINS: OnceLock<[String; 2]> = OnceLock::new();

mod probe {
    use super::*;

    fn allowed() -> String {
        ORIGINS.get().expect("the origins are known")[0].clone()
    }

    /// Shows a page that fetches from two origins.
    #[tool(ui = "ui://probe/view.html")]
    async fn show_probe() -> String {
        "the page fetches from two origins".into()
    }

    /// Returns a value that pages must not see.
    #[tool(ui(model_only))]
    async fn secret() -> String {
        "only for the model".into()
    }

    #[resource("ui://probe/view.html", csp(connect(allowed())))]
    fn probe_view() -> String {
        let origins = ORIGINS.get().expect("the origins are known");
        let origins = fastmcp::serde_json::json!(origins);
        format!(
            r"<!doctype html><html><head></head><body><script>
const send = (message) => parent.postMessage({{ jsonrpc: '2.0', ...message }}, '*');
addEventListener('message', ({{ data }}) => {{
  if (data.id === 2) document.body.append(` ${{data.error ? data.error.message : 'called'}}.`);
}});
send({{ id: 1, method: 'ui/initialize', params: {{}} }});
send({{ id: 2, method: 'tools/call', params: {{ name: 'secret', arguments: {{}} }} }});
for (const [index, origin] of {origins}.entries()) {{
  fetch(origin).then((response) => response.text())
    .then((text) => document.body.append(` ${{index}} is ${{text}}.`))
    .catch(() => document.body.append(` ${{index}} is blocked.`));
}}
</script></body></html>"
        )
    }
}

/// Serves the host and the server at one address.
async fn serve(server: &Server) -> String {
    let host = get(async || Html(include_str!("host.html")));
    let router = Router::new().route("/", host);
    start(router.nest_service("/mcp", server.http_service())).await
}

async fn start(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Votes on the page of the board that `tool` shows, whose tools have a prefix.
async fn vote(browser: &Browser, server: &Server, prefix: &str) {
    let url = serve(server).await;
    browser
        .open(&format!("{url}/?tool={prefix}show_board"))
        .await;
    // The model sees no tool of the page.
    browser
        .until("document.querySelector('#model').textContent")
        .await;
    let model = browser
        .eval("document.querySelector('#model').textContent")
        .await;
    let model = model.as_str().unwrap();
    assert!(
        model.contains("show_board") && !model.contains("vote"),
        "{model}"
    );
    let state = "[...document.querySelectorAll('button')].map(it => it.innerText.split('\\n').join(' ')).join()";
    browser
        .until_in_frame(&format!("{state} === 'Tea 0,Coffee 0,Water 0'"))
        .await;
    browser
        .eval_in_frame("document.querySelectorAll('button')[1].click()")
        .await;
    browser
        .until_in_frame(&format!("{state} === 'Tea 0,Coffee 1,Water 0'"))
        .await;
    browser
        .sees(&format!("called {prefix}vote {{\"drink\":\"Coffee\"}}"))
        .await;
    browser.sees("context: The user voted for Coffee.").await;
    // The host knows the size and the border of the page.
    browser
        .until("document.querySelector('iframe.border').offsetHeight > 150")
        .await;
    let console = browser.console.lock().unwrap().clone();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn a_vote_on_the_page_reaches_the_server_and_the_model() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    browser.look(640, 480, "light").await;
    let server = example::server().select(Selection::module("example"));
    vote(&browser, &server.start().await.unwrap(), "").await;
}

#[tokio::test]
async fn a_page_of_a_mounted_server_calls_its_tools() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let board = example::server().select(Selection::module("example"));
    let outer = FastMcp::new("outer")
        .select(Selection::name("outer_tool"))
        .mount("team", board);
    vote(&browser, &outer.start().await.unwrap(), "team_").await;
}

#[tokio::test]
async fn a_page_reaches_the_origins_that_it_declares_and_no_others() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let open = || {
        let answer = get(async || ([("access-control-allow-origin", "*")], "open"));
        start(Router::new().route("/", answer))
    };
    ORIGINS.set([open().await, open().await]).unwrap();
    let server = FastMcp::new("probe").select(Selection::module("page::probe"));
    let server = server.start().await.unwrap();
    let url = serve(&server).await;
    browser.open(&format!("{url}/?tool=show_probe")).await;
    browser
        .until_in_frame("document.body.innerText.includes('0 is open.')")
        .await;
    browser
        .until_in_frame("document.body.innerText.includes('1 is blocked.')")
        .await;
    // A tool of the model only.
    browser
        .until_in_frame("document.body.innerText.includes('the page may not call secret.')")
        .await;
}

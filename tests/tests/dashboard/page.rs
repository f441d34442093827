//! The page in a browser. Without Chromium, these tests are skipped.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::auth::{Auth, StaticTokens};
use fastmcp::docket::{
    Docket, ExecutionState, Filter, Handlers, Outcome, Policy, Submission, Worker,
};
use fastmcp::{Dashboard, FastMcp, Principal};
use fastmcp_tests::browser::Browser;
use serde_json::json;
use tokio::sync::Notify;

use crate::setup::{fail, serve, serve_docket};

/// Checks that the page has caused no error, and that its policy has blocked nothing.
fn assert_clean(browser: &Browser) {
    let console = browser.console.lock().unwrap();
    assert!(console.is_empty(), "{console:#?}");
}

#[tokio::test]
async fn failures_are_seen_opened_and_retried() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let docket = Docket::memory("jobs");
    fail(
        &docket,
        "charge",
        &["order-1", "order-2", "order-3"],
        "no funds on the card",
    )
    .await;
    let page = serve_docket(&docket).await;
    browser.open(&page.url).await;
    browser.sees("order-3").await;
    browser.sees("no funds on the card").await;
    browser.sees("Live").await;
    // The list, by the card with the count.
    browser
        .eval("document.querySelector('a.card.failed').click()")
        .await;
    browser
        .until("document.querySelectorAll('tbody tr').length === 3")
        .await;
    // The details, by the keyboard.
    browser.press("j").await;
    browser.press("Enter").await;
    browser
        .until("document.querySelector('dialog[open]')?.textContent.includes('History')")
        .await;
    browser.sees("Arguments and results are hidden").await;
    browser.press("Escape").await;
    browser
        .until("!document.querySelector('dialog[open]')")
        .await;
    // Two of them, by their boxes.
    browser.press("x").await;
    browser.press("j").await;
    browser.press("x").await;
    browser.sees("2 selected").await;
    browser.press("r").await;
    browser.sees("Retried: 2").await;
    browser
        .until("document.querySelectorAll('tbody tr').length === 1")
        .await;
    assert_eq!(docket.stats().await.unwrap().counts.queued, 2);
    // The rest by filter, after a question.
    browser.click("Discard all").await;
    browser.sees("Discard all that match?").await;
    browser
        .eval("document.querySelector('dialog[open] button.primary').click()")
        .await;
    browser.sees("No executions").await;
    assert_eq!(docket.stats().await.unwrap().dead_letters, 0);
    // Both are in the log.
    browser.press("4").await;
    browser.sees("all failed").await;
    browser.sees("2 executions").await;
    assert_clean(&browser);
}

#[tokio::test]
async fn running_executions_move_and_are_cancelled() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let docket = Docket::memory("jobs");
    let step = Arc::new(Notify::new());
    let steps = Arc::clone(&step);
    let handlers = Handlers::new().task("import", Policy::default(), move |run| {
        let steps = Arc::clone(&steps);
        async move {
            let progress = run.progress();
            progress.set_total(4).await.unwrap();
            for part in 1..=4 {
                progress.increment(1).await.unwrap();
                progress
                    .set_message(format!("part {part} of 4"))
                    .await
                    .unwrap();
                steps.notified().await;
            }
            Outcome::done()
        }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .build()
        .unwrap();
    let running = worker.clone();
    tokio::spawn(async move { running.run_forever().await });
    docket
        .submit(Submission::new("import", "{}").key("catalogue"))
        .await
        .unwrap();
    let page = serve_docket(&docket).await;
    browser.open(&page.url).await;
    browser.sees("part 1 of 4").await;
    step.notify_one();
    browser.sees("part 2 of 4").await;
    browser.sees("50%").await;
    let value = "document.querySelector('[role=progressbar]').getAttribute('aria-valuenow')";
    assert_eq!(browser.eval(value).await, "50");
    browser
        .open(&format!("{}#executions?view=running", page.url))
        .await;
    browser.sees("catalogue").await;
    browser
        .eval("document.querySelector('tbody button.danger').click()")
        .await;
    browser.sees("Cancel “catalogue”?").await;
    browser
        .eval("document.querySelector('dialog[open] button.primary').click()")
        .await;
    let execution = docket.get("catalogue").await.unwrap().unwrap();
    assert_eq!(
        execution.ended().await.unwrap().state,
        ExecutionState::Cancelled
    );
    browser.sees("None are running").await;
    worker.shutdown();
    assert_clean(&browser);
}

#[tokio::test]
async fn hostile_names_and_messages_stay_text() {
    const HOSTILE: &str =
        "<img src=x onerror=alert(1)><script>alert(2)</script>\"'&{{7*7}}\u{202e}gnp.exe";
    let Some(browser) = Browser::start().await else {
        return;
    };
    let docket = Docket::memory(HOSTILE);
    fail(&docket, HOSTILE, &[HOSTILE], HOSTILE).await;
    docket
        .submit(Submission::new(HOSTILE, "{}").key(format!("{HOSTILE}-2")))
        .await
        .unwrap();
    let server = FastMcp::new(HOSTILE)
        .docket(docket.clone())
        .without_worker();
    let page = serve(server, Dashboard::show_contents).await;
    browser.open(&page.url).await;
    browser
        .eval("window.alert = () => document.title = 'broken'")
        .await;
    let letters = docket
        .list(&Filter::new().dead_letters(), None, 1)
        .await
        .unwrap();
    let id = letters.executions[0].id.0;
    for hash in [
        "#overview".to_owned(),
        "#executions?view=all".to_owned(),
        format!("#executions?view=failed&id={id}"),
        "#activity".to_owned(),
        format!(
            "#executions?view=all&key={}",
            "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
        ),
    ] {
        browser
            .eval(&format!("location.hash = {}", json!(hash)))
            .await;
        browser
            .until("document.querySelector('nav a[aria-current]')")
            .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        let elements =
            browser.eval("document.querySelectorAll('img, main script, dialog script').length");
        assert_eq!(elements.await, 0, "{hash}");
    }
    browser.press("Escape").await;
    browser
        .eval("location.hash = '#executions?view=failed'")
        .await;
    browser.click("Retry all").await;
    browser.sees("Retry all that match?").await;
    browser
        .eval("document.querySelector('dialog[open] button.primary').click()")
        .await;
    browser.sees("Retried: 1").await;
    browser.sees("<script>alert(2)</script>").await;
    // The character that would reverse the text is replaced.
    assert_eq!(
        browser
            .eval("document.body.innerText.includes('\\u202e')")
            .await,
        false
    );
    assert_ne!(browser.eval("document.title").await, "broken");
    assert_clean(&browser);
}

#[tokio::test]
async fn a_token_is_asked_for_and_kept_for_the_tab() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let scopes = ["docket:read"];
    let tokens = StaticTokens::new().token("eve-token", Principal::new("eve").with_scopes(scopes));
    let auth = Auth::new("https://shop.example/mcp", "https://login.example", tokens);
    let docket = Docket::memory("jobs");
    fail(&docket, "charge", &["order-1"], "no funds").await;
    let server = FastMcp::new("shop")
        .docket(docket)
        .without_worker()
        .auth(auth);
    let page = serve(server, |it| {
        it.scope("docket:admin").read_scope("docket:read")
    })
    .await;
    browser.open(&page.url).await;
    browser.sees("needs an access token").await;
    browser.write("wrong").await;
    browser.press("Enter").await;
    browser.sees("did not accept the token").await;
    browser
        .eval("document.querySelector('#token').value = ''")
        .await;
    browser
        .eval("document.querySelector('#token').focus()")
        .await;
    browser.write("eve-token").await;
    browser.press("Enter").await;
    browser.sees("order-1").await;
    browser.sees("Live").await;
    // She may look, but the page offers no actions.
    let offered = browser.eval("document.querySelector('main').innerText.includes('Retry')");
    assert_eq!(offered.await, false);
    // The token is not in the address, and survives a reload of the tab.
    assert_eq!(browser.eval("location.href.includes('eve')").await, false);
    browser.open(&page.url).await;
    browser.sees("order-1").await;
    // The requests without a token are the only errors in the console.
    let console = browser.console.lock().unwrap();
    assert!(
        console.iter().all(|line| line.contains("401")),
        "{console:#?}"
    );
}

#[tokio::test]
async fn a_hidden_page_stops_looking() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let calls = Arc::new(crate::counting::Calls::default());
    let docket = crate::counting::counted(&Docket::memory("jobs"), &calls);
    let page = serve_docket(&docket).await;
    browser.open(&page.url).await;
    browser.sees("Live").await;
    let hidden = |hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ configurable: true, get: () => {hidden} }}), \
             document.dispatchEvent(new Event('visibilitychange')), true"
        )
    };
    browser.eval(&hidden(true)).await;
    while !calls.are_silent_for(Duration::from_secs(3)).await {}
    browser.eval(&hidden(false)).await;
    let before = calls.count("stats");
    while calls.count("stats") < before + 3 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The same for a user who wants to read in peace.
    browser.press("p").await;
    browser.sees("Paused").await;
    while !calls.are_silent_for(Duration::from_secs(3)).await {}
    assert_clean(&browser);
}

/// The rules that a tool can check: names of controls, one heading, labels of tables, sizes at a narrow window, and
/// contrasts of text.
#[tokio::test]
async fn every_control_has_a_name_and_text_has_contrast() {
    const NAMELESS: &str = "[...document.querySelectorAll('button, a, input, select, [role=img], table, section')] \
        .filter(e => e.checkVisibility()) \
        .filter(e => !(e.getAttribute('aria-label') || e.innerText || e.labels?.[0]?.innerText || e.querySelector('caption')).trim()) \
        .map(e => e.outerHTML)";
    // The contrast of WCAG 2.2, of each text with the color that is painted behind it.
    const CONTRAST: &str = "(() => { \
        const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true }); \
        const rgb = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; }; \
        const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] / 255 + b[i] * (1 - a[3] / 255)).concat(255); \
        const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; }; \
        const back = e => { const chain = []; for (; e; e = e.parentElement) chain.unshift(rgb(getComputedStyle(e).backgroundColor)); return chain.reduce((b, a) => over(a, b), [255, 255, 255, 255]); }; \
        return [...document.querySelectorAll('#app *')].filter(e => e.checkVisibility() && !e.closest('svg,.sr') && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) \
            .map(e => { const b = back(e), f = over(rgb(getComputedStyle(e).color), b), [x, y] = [light(f), light(b)].sort((p, q) => q - p); return [(x + .05) / (y + .05), e.innerText.slice(0, 40), e.className]; }) \
            .filter(([c, , ]) => c < 4.5); })()";
    let Some(browser) = Browser::start().await else {
        return;
    };
    let docket = Docket::memory("jobs");
    fail(
        &docket,
        "charge",
        &["order-1", "order-2"],
        "no funds on the card",
    )
    .await;
    docket
        .submit(Submission::new("mail", "{}").key("m-1"))
        .await
        .unwrap();
    docket
        .submit(
            Submission::new("mail", "{}")
                .key("m-2")
                .after(Duration::from_mins(1)),
        )
        .await
        .unwrap();
    let page = serve_docket(&docket).await;
    for (width, scheme) in [
        (1280, "light"),
        (1280, "dark"),
        (400, "light"),
        (400, "dark"),
    ] {
        browser.look(width, 800, scheme).await;
        for hash in [
            "#overview",
            "#executions?view=failed",
            "#executions?view=all",
            "#workers",
            "#activity",
        ] {
            browser.open(&format!("{}{hash}", page.url)).await;
            browser.sees("Live").await;
            if hash.starts_with("#executions") {
                browser.sees("order-1").await;
            }
            let place = format!("{hash} {width} {scheme}");
            assert_eq!(browser.eval(NAMELESS).await, json!([]), "{place}");
            assert_eq!(browser.eval(CONTRAST).await, json!([]), "{place}");
            assert_eq!(
                browser.eval("document.querySelectorAll('h1').length").await,
                1,
                "{place}"
            );
            let overflow = browser.eval("document.documentElement.scrollWidth > innerWidth");
            assert_eq!(overflow.await, false, "{place} scrolls sideways");
        }
    }
    assert_clean(&browser);
}

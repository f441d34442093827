//! Takes the pictures of the guide from the example program, on request of `scripts/screenshots.sh`.

use std::path::PathBuf;
use std::time::Duration;

use fastmcp_tests::browser::Browser;
use tokio::time::sleep;

/// The time that the graphs show.
const HISTORY: Duration = Duration::from_secs(75);

/// The time in which a page has changed its look.
const SETTLED: Duration = Duration::from_secs(2);

/// The address of the running example, and the folder for the pictures.
fn place() -> (String, PathBuf) {
    let variable = |name: &str| {
        std::env::var(name).unwrap_or_else(|_| panic!("set {name}, or run scripts/screenshots.sh"))
    };
    (
        variable("DASHBOARD_URL"),
        variable("DASHBOARD_PICTURES").into(),
    )
}

#[tokio::test]
#[ignore = "needs the example program; run scripts/screenshots.sh"]
async fn take_the_pictures_of_the_guide() {
    let (url, folder) = place();
    let browser = Browser::start().await.expect("Chromium is installed");
    let save = async |name: &str| {
        let picture = browser.screenshot().await;
        std::fs::write(folder.join(format!("dashboard-{name}.webp")), picture).unwrap();
    };
    browser.look(1280, 900, "light").await;
    browser.open(&format!("{url}#overview")).await;
    // The graphs begin when a page looks.
    sleep(HISTORY).await;
    save("overview").await;
    browser.look(1280, 900, "dark").await;
    sleep(SETTLED).await;
    save("overview-dark").await;
    browser.look(400, 860, "light").await;
    sleep(SETTLED).await;
    save("narrow").await;
    browser.look(1280, 720, "light").await;
    browser
        .eval("location.hash = '#executions?view=failed'")
        .await;
    browser
        .until("document.querySelector('tbody button.link')")
        .await;
    sleep(SETTLED).await;
    save("failed").await;
    browser.look(1280, 720, "dark").await;
    browser
        .eval("document.querySelector('tbody button.link').click()")
        .await;
    browser
        .until("document.querySelector('dialog[open] dl')")
        .await;
    sleep(SETTLED).await;
    save("details-dark").await;
}

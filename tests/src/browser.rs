//! A headless Chromium that a test drives by the `DevTools` protocol.
//!
//! Chromium reads commands from its file descriptor 3 and writes to 4. A shell connects them to its standard input and
//! output, so that no port and no websocket is needed.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

/// The time that a page has to reach a state. Only a test that fails waits for so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Numbers the browsers of this process.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The name of the environment variable that makes a missing browser an error.
const REQUIRED: &str = "FASTMCP_TEST_CHROMIUM";

type Replies = Arc<Mutex<HashMap<u64, oneshot::Sender<Value>>>>;

/// One tab of a browser of its own.
pub struct Browser {
    stdin: tokio::sync::Mutex<ChildStdin>,
    replies: Replies,
    last: AtomicU64,
    session: String,
    /// The messages of the console, and exceptions.
    pub console: Arc<Mutex<Vec<String>>>,
    /// Killed when the test ends.
    child: Child,
    profile: std::path::PathBuf,
}

impl Browser {
    /// Starts a browser; `None` if none is installed.
    pub async fn start() -> Option<Self> {
        let found = ["chromium", "chromium-browser", "google-chrome"]
            .into_iter()
            .find(|name| {
                let version = std::process::Command::new(name).arg("--version").output();
                version.is_ok_and(|output| output.status.success())
            });
        let Some(name) = found else {
            let is_required = std::env::var(REQUIRED).is_ok_and(|value| value == "required");
            assert!(
                !is_required,
                "{REQUIRED}=required, but Chromium is not installed"
            );
            eprintln!("Chromium is not installed: skipping the tests in a browser");
            return None;
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let profile = std::env::temp_dir();
        let profile = profile.join(format!("fastmcp-chromium-{}-{number}", std::process::id()));
        let flags = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
                     --disable-background-networking --disable-component-update --disable-sync \
                     --disable-default-apps --mute-audio --hide-scrollbars --force-device-scale-factor=1 \
                     --disable-features=IsolateSandboxedIframes --remote-debugging-pipe";
        let command = format!(
            "exec {name} {flags} --user-data-dir=\"$0\" about:blank 3<&0 4>&1 </dev/null >/dev/null 2>&1"
        );
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(command)
            .arg(&profile)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = child.stdout.take().expect("a pipe");
        let replies = Replies::default();
        let console = Arc::default();
        tokio::spawn(read(
            BufReader::new(stdout),
            Arc::clone(&replies),
            Arc::clone(&console),
        ));
        let mut browser = Self {
            stdin: tokio::sync::Mutex::new(stdin),
            replies,
            last: AtomicU64::new(0),
            session: String::new(),
            console,
            child,
            profile,
        };
        let target = browser
            .call("Target.createTarget", json!({ "url": "about:blank" }))
            .await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach).await;
        attached["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut browser.session);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({})).await;
        }
        Some(browser)
    }

    /// Sends a command, and returns its result.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        let reply = self.send(method, params).await;
        assert!(reply["error"].is_null(), "{method}: {}", reply["error"]);
        reply["result"].clone()
    }

    /// Sends a command, and returns its reply, which may be an error.
    async fn send(&self, method: &str, params: Value) -> Value {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let (sender, receiver) = oneshot::channel();
        self.replies.lock().unwrap().insert(id, sender);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        let mut line = command.to_string().into_bytes();
        line.push(0);
        self.stdin
            .lock()
            .await
            .write_all(&line)
            .await
            .expect("Chromium runs");
        let reply = timeout(PATIENCE, receiver).await;
        let reply = reply.unwrap_or_else(|_| panic!("Chromium does not reply to {method}"));
        reply.unwrap_or_else(|_| panic!("Chromium ended before it replied to {method}"))
    }

    /// Opens a page anew, also if only its part after `#` differs.
    pub async fn open(&self, url: &str) {
        for url in ["about:blank", url] {
            let opened = self.call("Page.navigate", json!({ "url": url })).await;
            assert!(opened["errorText"].is_null(), "{url}: {opened}");
            let start = json!(url.split('#').next());
            let is_open =
                format!("document.readyState === 'complete' && location.href.startsWith({start})");
            self.until(&is_open).await;
        }
    }

    /// Sets the size of the window in CSS pixels, and the color scheme.
    pub async fn look(&self, width: u32, height: u32, scheme: &str) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", media).await;
    }

    /// Evaluates an expression, and awaits the value if it is a promise.
    pub async fn eval(&self, expression: &str) -> Value {
        let value = self.try_eval(expression).await;
        value.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Evaluates an expression. It fails while another page loads.
    async fn try_eval(&self, expression: &str) -> Result<Value, String> {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let reply = self.send("Runtime.evaluate", params).await;
        let result = &reply["result"];
        for error in [&reply["error"], &result["exceptionDetails"]] {
            if !error.is_null() {
                return Err(error.to_string());
            }
        }
        Ok(result["result"]["value"].clone())
    }

    /// Evaluates an expression in the first frame of the page. It sees the document, and not the variables of the
    /// scripts in the frame. `null` while the frame loads.
    pub async fn eval_in_frame(&self, expression: &str) -> Value {
        let tree = self.call("Page.getFrameTree", json!({})).await;
        let frame = &tree["frameTree"]["childFrames"][0]["frame"]["id"];
        let params = json!({ "frameId": frame, "worldName": "test" });
        let world = self.send("Page.createIsolatedWorld", params).await;
        let params = json!({
            "expression": expression,
            "contextId": world["result"]["executionContextId"],
            "awaitPromise": true,
            "returnByValue": true,
        });
        let reply = self.send("Runtime.evaluate", params).await;
        reply["result"]["result"]["value"].clone()
    }

    /// Waits until an expression is true in the first frame of the page.
    pub async fn until_in_frame(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let expression = format!("!!({expression})");
        while self.eval_in_frame(&expression).await != json!(true) {
            if Instant::now() > deadline {
                let text = self.eval_in_frame("document.body.innerText").await;
                let outer = self.try_eval("document.body.innerText").await;
                let console = self.console.lock().unwrap().join("\n");
                panic!(
                    "never true: {expression}\nthe frame: {text}\nthe page: {outer:?}\nthe console: {console}"
                );
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an expression is true.
    pub async fn until(&self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let expression = format!("!!({expression})");
        loop {
            let value = self.try_eval(&expression).await;
            if value == Ok(json!(true)) {
                return;
            }
            if Instant::now() > deadline {
                let text = self.try_eval("document.body.innerText").await;
                let console = self.console.lock().unwrap().join("\n");
                panic!(
                    "never true: {expression}: {value:?}\nthe page: {text:?}\nthe console: {console}"
                );
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) {
        self.until(&format!(
            "document.body.innerText.includes({})",
            json!(text)
        ))
        .await;
    }

    /// Clicks the first visible button or link whose text or label begins with `name`.
    pub async fn click(&self, name: &str) {
        let find = format!(
            "[...document.querySelectorAll('dialog[open] button, button, a')].find(e => e.checkVisibility() && \
             (e.getAttribute('aria-label') || e.innerText).trim().startsWith({}))",
            json!(name)
        );
        self.until(&format!("({find}) && !({find}).disabled")).await;
        self.eval(&format!("{find}.click()")).await;
    }

    /// Presses and releases a key.
    pub async fn press(&self, key: &str) {
        let text = (key.chars().count() == 1).then_some(key);
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            _ => 0,
        };
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
            });
            if let Some(text) = text.filter(|_| kind == "keyDown") {
                params["text"] = json!(text);
            }
            if key == "Enter" && kind == "keyDown" {
                params["text"] = json!("\r");
            }
            self.call("Input.dispatchKeyEvent", params).await;
        }
    }

    /// Inserts a text at the cursor.
    pub async fn write(&self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// Takes a picture of the window as WebP.
    pub async fn screenshot(&self) -> Vec<u8> {
        let format = json!({ "format": "webp", "quality": 80 });
        let shot = self.call("Page.captureScreenshot", format).await;
        let data = shot["data"].as_str().expect("a picture");
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(data).expect("valid base64")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}

/// Reads the messages of the browser, which end with a zero byte.
async fn read(
    mut stdout: BufReader<tokio::process::ChildStdout>,
    replies: Replies,
    console: Arc<Mutex<Vec<String>>>,
) {
    loop {
        let mut message = Vec::new();
        match stdout.read_until(0, &mut message).await {
            Ok(length) if length > 0 => {}
            _ => break,
        }
        message.pop();
        let message: Value = serde_json::from_slice(&message).unwrap_or_default();
        if let Some(reply) = message["id"].as_u64() {
            if let Some(sender) = replies.lock().unwrap().remove(&reply) {
                let _ = sender.send(message);
            }
            continue;
        }
        let text = match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => &message["params"]["exceptionDetails"],
            Some("Runtime.consoleAPICalled") => &message["params"]["args"],
            Some("Log.entryAdded") => &message["params"]["entry"],
            _ => continue,
        };
        console.lock().unwrap().push(text.to_string());
    }
    replies.lock().unwrap().clear();
}

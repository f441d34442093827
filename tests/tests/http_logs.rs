//! The log lines of a program with the default subscriber: nothing secret, and no warnings about
//! clients that cancel or disconnect.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Duration;

use fastmcp_tests::http::{Events, Http, answer, message};
use serde_json::json;

#[tokio::test]
async fn logs_have_no_session_ids_and_no_arguments() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    drop(port);
    let server = Command::new(env!("CARGO_BIN_EXE_fuzz_target"))
        .arg(&address)
        // The tools of the program have lints, which are not about clients.
        .env("FASTMCP_LOG_LEVEL", "debug,fastmcp::lint=off")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while tokio::net::TcpStream::connect(&address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let http = Http::new(&format!("http://{address}/mcp"));
    let session = http.session().await;
    let secret = "open-sesame";
    let call = session.legacy_call(1, "echo", json!({ "text": secret }));
    assert_eq!(answer(call).await.tool_text(), secret);
    assert_eq!(
        http.call("echo", json!({ "text": secret }))
            .await
            .tool_text(),
        secret
    );
    // Clients that cancel and that disconnect.
    let dawdle = json!({ "name": "dawdle", "arguments": {}, "_meta": { "progressToken": "t" } });
    let mut in_session = Events::of(session.post(message(2, "tools/call", dawdle.clone()))).await;
    let mut stateless = Events::of(http.modern("tools/call", dawdle)).await;
    for events in [&mut in_session, &mut stateless] {
        while events.next().await.unwrap().data["method"] != "notifications/progress" {}
    }
    let cancel = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled",
        "params": { "requestId": 2, "reason": secret },
    });
    assert_eq!(answer(session.post(cancel.to_string())).await.status, 202);
    drop((in_session, stateless));
    assert_eq!(answer(session.delete()).await.status, 204);

    let pid = server.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    let output = tokio::task::spawn_blocking(move || server.wait_with_output());
    let log = output.await.unwrap().unwrap().stderr;
    let log = String::from_utf8_lossy(&log);
    let id = session.headers["mcp-session-id"].to_str().unwrap();
    for unwanted in [id, secret, "WARN", "ERROR"] {
        assert!(!log.contains(unwanted), "{unwanted}: {log}");
    }
    assert!(log.contains("serving http://"), "{log}");
}

//! A program that serves HTTP receives a signal to stop.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use fastmcp_tests::http::{Events, Http, message};
use serde_json::json;

#[tokio::test]
async fn calls_in_flight_finish_after_a_signal() {
    // The server's own accept loop, and a router of the program.
    for (mode, signal) in [("http", "-TERM"), ("http", "-INT"), ("router", "-TERM")] {
        let mut server = Command::new(env!("CARGO_BIN_EXE_fuzz_target"))
            .arg(mode)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        let stdout = server.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut address).unwrap();
        let http = Http::new(&format!("http://{}/mcp", address.trim()));
        let session = http.session().await;
        let params = json!({
            "name": "dawdle", "arguments": {}, "_meta": { "progressToken": "t" },
        });
        let mut stateless = Events::of(http.modern("tools/call", params.clone())).await;
        let mut in_session = Events::of(session.post(message(1, "tools/call", params))).await;
        for events in [&mut stateless, &mut in_session] {
            while events.next().await.unwrap().data["method"] != "notifications/progress" {}
        }
        // An open stream does not delay the shutdown.
        let listening = Events::of(session.get()).await;

        let pid = server.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        for events in [&mut stateless, &mut in_session] {
            let answer = events.next().await.unwrap();
            assert_eq!(answer.data["result"]["content"][0]["text"], "at last");
        }
        drop(listening);
        let ended = tokio::task::spawn_blocking(move || server.wait())
            .await
            .unwrap();
        assert!(ended.unwrap().success(), "{mode} {signal}");
    }
}

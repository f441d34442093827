//! Tests of connections over streams.

use tokio::io::{DuplexStream, Lines, ReadHalf, WriteHalf, split};

use super::*;
use crate::client::builder::ClientBuilder;

/// The server's side of a connection.
struct Peer {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    write: WriteHalf<DuplexStream>,
}

impl Peer {
    async fn receive(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap();
        serde_json::from_str(&line.unwrap()).unwrap()
    }

    async fn send(&mut self, message: Value) {
        let line = format!("{message}\n");
        self.write.write_all(line.as_bytes()).await.unwrap();
    }
}

async fn connected() -> (JsonRpc, Peer) {
    let (client, server) = tokio::io::duplex(4096);
    let (read, write) = split(client);
    let (server_read, server_write) = split(server);
    let mut peer = Peer {
        lines: BufReader::new(server_read).lines(),
        write: server_write,
    };
    let opening = tokio::spawn(open(
        Box::new(read),
        Box::new(write),
        ClientBuilder::new().options,
    ));
    let request = peer.receive().await;
    assert_eq!(request["method"], "initialize");
    let result = json!({ "serverInfo": { "name": "peer", "version": "1" } });
    peer.send(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result }))
        .await;
    let connection = opening.await.unwrap().unwrap();
    assert_eq!(peer.receive().await["method"], "notifications/initialized");
    (connection, peer)
}

#[tokio::test]
async fn a_dropped_request_is_cancelled_and_requests_of_the_server_are_answered() {
    let (connection, mut peer) = connected().await;
    let mut request = connection.request("tools/call", json!({}));
    let received = tokio::select! {
        received = peer.receive() => received,
        answer = &mut request => panic!("{answer:?}"),
    };
    drop(request);
    let cancelled = peer.receive().await;
    assert_eq!(cancelled["method"], "notifications/cancelled");
    assert_eq!(cancelled["params"]["requestId"], received["id"]);

    peer.send(json!({ "jsonrpc": "2.0", "id": "a", "method": "ping" }))
        .await;
    let pong = json!({ "jsonrpc": "2.0", "id": "a", "result": {} });
    assert_eq!(peer.receive().await, pong);
    peer.send(json!({ "jsonrpc": "2.0", "id": 7, "method": "roots/list" }))
        .await;
    assert_eq!(peer.receive().await["error"]["code"], -32601);
}

#[tokio::test]
async fn messages_of_any_shape_leave_the_connection_usable() {
    let (connection, mut peer) = connected().await;
    let request = connection.request("tools/list", json!({}));
    let answered = async {
        let received = peer.receive().await;
        for params in [json!([1]), json!("text"), json!(7), json!(null)] {
            for method in ["notifications/resources/updated", "notifications/message"] {
                peer.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
                    .await;
            }
            let question = json!({ "method": "elicitation/create", "id": 1, "params": params });
            peer.send(question).await;
            assert!(peer.receive().await["error"].is_object());
        }
        peer.send(json!({ "jsonrpc": "2.0", "id": received["id"], "error": "text" }))
            .await;
    };
    let (answer, ()) = tokio::join!(request, answered);
    assert!(
        matches!(answer, Err(ClientError::Refused { .. })),
        "{answer:?}"
    );
}

#[tokio::test]
async fn requests_fail_when_the_server_closes_the_connection() {
    let (connection, mut peer) = connected().await;
    let request = connection.request("tools/list", json!({}));
    let ended = async {
        peer.receive().await;
        drop(peer);
    };
    let (answer, ()) = tokio::join!(request, ended);
    assert!(matches!(answer, Err(ClientError::Connection(_))));
    let answer = connection.request("tools/list", json!({})).await;
    assert!(matches!(answer, Err(ClientError::Connection(_))));
}

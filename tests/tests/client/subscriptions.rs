//! Changes of lists and resources.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::{ListKind, Selection, Server};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::REVISIONS;

/// The news.
#[resource("news://today")]
async fn news() -> String {
    "none".into()
}

async fn server() -> Server {
    let parts = Selection::module(module_path!());
    FastMcp::new("news").select(parts).start().await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_subscription_gets_updates_until_it_is_dropped() {
    let server = server().await;
    for protocol in REVISIONS {
        let (sender, mut updated) = mpsc::unbounded_channel();
        let client = Client::builder()
            .protocol(protocol)
            .on_resource_updated(move |uri| drop(sender.send(uri)))
            .connect(&server)
            .await
            .unwrap();
        let mut news = client.subscribe("news://today").await.unwrap();
        let second = client.subscribe("news://today").await.unwrap();
        server.notify_resource_updated("news://today");
        news.updated().await.unwrap();
        assert_eq!(updated.recv().await.unwrap(), "news://today");

        // The other one goes on.
        drop(second);
        server.notify_resource_updated("news://today");
        news.updated().await.unwrap();
        let quiet = timeout(Duration::from_mins(1), news.updated()).await;
        assert!(quiet.is_err(), "{quiet:?}");

        drop(news);
        // A request after the end of the subscription, so that the server has seen the end.
        client.list_resources().await.unwrap();
        while updated.try_recv().is_ok() {}
        server.notify_resource_updated("news://today");
        let after = timeout(Duration::from_mins(1), updated.recv()).await;
        assert!(after.is_err(), "{after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn changes_of_lists_reach_the_handler() {
    let server = server().await;
    for protocol in REVISIONS {
        let (sender, mut changed) = mpsc::unbounded_channel();
        let sender = Arc::new(sender);
        let client = Client::builder()
            .protocol(protocol)
            .on_list_changed(move |list| sender.send(list).unwrap())
            .connect(&server)
            .await
            .unwrap();
        client.list_resources().await.unwrap();
        server.notify_list_changed(ListKind::Resources);
        assert_eq!(changed.recv().await.unwrap(), ListKind::Resources);
    }
}

#[tokio::test]
async fn a_subscription_ends_with_its_connection() {
    let server = server().await;
    for protocol in REVISIONS {
        let client = Client::builder()
            .protocol(protocol)
            .connect(&server)
            .await
            .unwrap();
        let mut news = client.subscribe("news://today").await.unwrap();
        client.close().await;
        assert!(news.updated().await.is_err());
    }
    let client = Client::connect(&server).await.unwrap();
    let mut news = client.subscribe("news://today").await.unwrap();
    server.shutdown().await.unwrap();
    assert!(news.updated().await.is_err());
}

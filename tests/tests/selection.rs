//! Two servers with different components in one program, and a server whose handlers are methods.

use std::sync::Mutex;

use fastmcp::client::Client;
use fastmcp::prelude::*;
use fastmcp::{Selection, StartError};
use serde_json::{Value, json};

mod billing {
    #[fastmcp::tool]
    async fn balance(customer: u64) -> u64 {
        customer * 10
    }

    pub(super) mod tax {
        #[fastmcp::tool]
        async fn rate() -> f64 {
            0.19
        }
    }
}

mod other {
    /// A tool with the same name as a tool of the other server.
    #[fastmcp::tool]
    async fn balance(customer: u64) -> u64 {
        customer
    }
}

struct Library {
    books: Mutex<Vec<String>>,
}

#[tools]
impl Library {
    /// Adds a book and waits until it is indexed.
    #[tool]
    async fn add(&self, title: String, docket: Docket) -> Result<usize> {
        let execution = docket.add(Self::index)(title).await?;
        Ok(execution.result().await?)
    }

    #[task]
    async fn index(&self, title: String) -> usize {
        let mut books = self.books.lock().unwrap();
        books.push(title);
        books.len()
    }

    #[resource("library://books")]
    fn titles(&self) -> String {
        self.books.lock().unwrap().join(", ")
    }
}

fn library() -> FastMcp {
    FastMcp::new("library")
        .docket(Docket::memory("library"))
        .state(Library {
            books: Mutex::default(),
        })
}

#[tokio::test]
async fn each_server_has_the_components_that_it_selects() {
    let first = library()
        .select(Selection::module("billing"))
        .start()
        .await
        .unwrap();
    let second = library()
        .select(Selection::module("other"))
        .start()
        .await
        .unwrap();
    let (first, second) = (
        Client::connect(&first).await.unwrap(),
        Client::connect(&second).await.unwrap(),
    );
    let names: Vec<String> = first
        .list_tools()
        .await
        .unwrap()
        .iter()
        .map(|tool| tool.name.to_string())
        .collect();
    assert_eq!(names, ["balance", "rate"]);
    let balance = json!({ "customer": 7 });
    let mine = first.call_tool("balance", balance.clone()).await.unwrap();
    let other = second.call_tool("balance", balance).await.unwrap();
    assert_eq!(mine.structured_content, Some(json!({ "result": 70 })));
    assert_eq!(other.structured_content, Some(json!({ "result": 7 })));
    assert!(second.call_tool("rate", Value::Null).await.is_err());
}

#[tokio::test]
async fn duplicate_names_are_refused_without_a_selection() {
    let error = library().start().await.unwrap_err();
    assert!(matches!(error, StartError::DuplicateName(_)), "{error}");
}

#[tokio::test]
async fn an_unmatched_selection_is_refused_with_a_suggestion() {
    let selection = Selection::module("billing") | Selection::name("blance");
    let error = library().select(selection).start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the selection contains name `blance`, which matches no tool, resource or prompt; did you \
         mean `balance`?"
    );
}

#[tokio::test]
async fn methods_share_the_servers_state() {
    let selection = Selection::name("add") | Selection::name("library://books");
    let server = library().select(selection).start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    for (title, count) in [("Dune", 1), ("Emma", 2)] {
        let result = client
            .call_tool("add", json!({ "title": title }))
            .await
            .unwrap();
        assert_eq!(result.structured_content, Some(json!({ "result": count })));
    }
    let contents = client.read_resource("library://books").await.unwrap();
    assert_eq!(json!(contents[0])["text"], "Dune, Emma");
    assert_eq!(
        client.list_tools().await.unwrap()[0].input_schema["required"],
        json!(["title"])
    );
}

//! Arguments of a call that providers take, with `#[argument]`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastmcp::dependencies::Scope;
use fastmcp::mcp::{ContentBlock, ResourceContents};
use fastmcp::prelude::*;
use fastmcp::testing::{TestClient, TestDocket};
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Runs(Arc<AtomicUsize>);

impl Runs {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[fastmcp::data]
#[derive(Clone)]
struct Order {
    id: u64,
    currency: String,
}

#[dependency]
async fn order(
    /// The number on the invoice.
    #[argument]
    #[arg(min = 1)]
    order_id: u64,
    /// The currency of the amounts.
    #[argument]
    #[arg(default = "EUR".to_owned(), pattern = "^[A-Z]{3}$")]
    currency: &str,
    runs: State<Runs>,
) -> Result<Order> {
    runs.0.fetch_add(1, Ordering::SeqCst);
    if order_id == 404 {
        return Err(ToolError::new("no such order").into());
    }
    Ok(Order {
        id: order_id,
        currency: currency.to_owned(),
    })
}

/// Uses the argument through another provider, and one of its own.
#[dependency]
fn label(#[depends(order)] order: &Order, #[argument] prefix: Option<String>) -> String {
    format!("{}{}", prefix.unwrap_or_default(), order.id)
}

/// Shows an order.
#[tool]
async fn show(
    #[depends(order)] order: &Order,
    #[depends(label)] label: String,
    verbose: bool,
) -> String {
    format!("{label} {} {verbose} {}", order.id, order.currency)
}

/// Renames an order. The function takes the argument too.
#[tool]
async fn relabel(
    /// The order to rename.
    #[arg(min = 1)]
    order_id: u64,
    #[depends(order)] order: &Order,
) -> u64 {
    assert_eq!(order_id, order.id);
    order_id
}

/// Neither argument is `Clone`.
#[fastmcp::data]
struct Filter {
    text: String,
}

#[dependency]
fn filtered(#[argument] filter: &Filter) -> usize {
    filter.text.len()
}

#[tool]
fn search(filter: Filter, #[depends(filtered)] length: usize) -> String {
    format!("{} {length}", filter.text)
}

#[dependency]
fn page(#[argument] page_size: Option<u8>) -> u8 {
    page_size.unwrap_or(1)
}

/// The default of the function counts for the provider too.
#[tool]
fn pages(#[arg(default = Some(20))] page_size: Option<u8>, #[depends(page)] page: u8) -> String {
    format!("{page_size:?} {page}")
}

#[dependency]
async fn locked(
    #[argument]
    #[arg(rename = "lockId")]
    lock: String,
    scope: Scope<String>,
) {
    let ended = scope.provide(lock).await;
    drop(ended);
}

#[tool]
fn unlock(#[depends(locked)] lock: &str) -> String {
    lock.to_owned()
}

#[prompt]
fn explain(#[depends(order)] order: &Order) -> String {
    format!("Explain order {} in {}.", order.id, order.currency)
}

#[resource("orders://{order_id}{?currency}")]
fn order_page(#[depends(order)] order: &Order) -> String {
    format!("{} {}", order.id, order.currency)
}

#[task]
async fn ship(order_id: u64, currency: String, #[depends(order)] order: Order) -> Result<String> {
    assert_eq!((order_id, &currency), (order.id, &order.currency));
    Ok(format!("shipped {order_id} {currency}"))
}

#[tool(task)]
async fn slow(#[depends(order)] order: &Order) -> u64 {
    order.id
}

fn server(runs: &Runs) -> FastMcp {
    FastMcp::new("orders").state(runs.clone())
}

async fn connect() -> (TestClient, Runs) {
    let runs = Runs::default();
    let client = TestClient::connect(server(&runs)).await.unwrap();
    (client, runs)
}

async fn text(client: &TestClient, tool: &str, arguments: Value) -> String {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    let [ContentBlock::Text(text)] = &result.content[..] else {
        panic!("{result:?}");
    };
    text.text.clone()
}

#[tokio::test]
async fn arguments_of_providers_are_in_the_schema_once() {
    let (client, _) = connect().await;
    let tools = client.list_tools().await.unwrap();
    let schema = |name: &str| {
        let tool = tools.iter().find(|it| it.name == name).unwrap();
        Value::Object((*tool.input_schema).clone())
    };
    let show = schema("show");
    assert_eq!(
        show["properties"]["order_id"],
        json!({ "type": "integer", "minimum": 1, "description": "The number on the invoice. At least 1." })
    );
    assert_eq!(show["properties"]["currency"]["default"], "EUR");
    assert_eq!(show["properties"]["currency"]["pattern"], "^[A-Z]{3}$");
    assert!(show["properties"].get("prefix").is_some(), "{show}");
    assert_eq!(show["required"], json!(["verbose", "order_id"]));
    let own = schema("relabel");
    assert_eq!(
        own["properties"]["order_id"]["description"],
        "The order to rename. At least 1."
    );
    assert_eq!(own["required"], json!(["order_id"]));
    assert_eq!(schema("unlock")["required"], json!(["lockId"]));
    for tool in ["show", "relabel", "unlock"] {
        for injected in ["order", "label", "runs", "scope", "lock"] {
            assert!(schema(tool)["properties"].get(injected).is_none());
        }
    }
}

#[tokio::test]
async fn providers_take_arguments_of_the_call() {
    let (client, runs) = connect().await;
    let arguments = json!({ "order_id": 7, "verbose": true, "prefix": "No. " });
    assert_eq!(text(&client, "show", arguments).await, "No. 7 7 true EUR");
    assert_eq!(runs.count(), 1, "a provider runs once per call");
    let arguments = json!({ "order_id": 7, "verbose": true, "currency": "USD" });
    assert_eq!(text(&client, "show", arguments).await, "7 7 true USD");
    assert_eq!(
        text(&client, "relabel", json!({ "order_id": "9" })).await,
        "9"
    );
    assert_eq!(text(&client, "unlock", json!({ "lockId": "a" })).await, "a");
}

#[tokio::test]
async fn a_function_and_its_providers_get_the_same_value() {
    let (client, _) = connect().await;
    let filter = json!({ "filter": { "text": "tea" } });
    assert_eq!(text(&client, "search", filter).await, "tea 3");
    assert_eq!(text(&client, "pages", json!({})).await, "Some(20) 20");
    assert_eq!(
        text(&client, "pages", json!({ "page_size": 5 })).await,
        "Some(5) 5"
    );
}

#[tokio::test]
async fn all_errors_are_reported_together_and_before_a_provider_runs() {
    let (client, runs) = connect().await;
    let arguments =
        json!({ "verbose": 3, "order_id": 0, "currency": "eur", "prefix": [], "ordre": 1 });
    let refused = text(&client, "show", arguments).await;
    for part in [
        "verbose: ",
        "order_id: ",
        "currency: ",
        "prefix: ",
        "ordre: unknown argument",
    ] {
        assert!(refused.contains(part), "{part} in {refused}");
    }
    let refused = text(&client, "show", json!({ "verbose": true, "order": 1 })).await;
    assert!(
        refused.contains("order_id: required argument is missing"),
        "{refused}"
    );
    assert!(
        refused.contains("order: provided by the server"),
        "{refused}"
    );
    let refused = text(&client, "show", json!({ "verbose": true, "order_ids": 1 })).await;
    assert!(refused.contains("did you mean `order_id`?"), "{refused}");
    // The argument has one error, although the function and the provider take it.
    let refused = text(&client, "relabel", json!({ "order_id": "x" })).await;
    assert_eq!(refused.matches("order_id").count(), 1, "{refused}");
    assert_eq!(runs.count(), 0);
    assert_eq!(
        text(&client, "relabel", json!({ "order_id": 404 })).await,
        "no such order"
    );
}

#[tokio::test]
async fn an_override_keeps_the_arguments() {
    let runs = Runs::default();
    let fake = || Order {
        id: 1,
        currency: "XXX".to_owned(),
    };
    let server = server(&runs).override_dependency::<order>(move || Ok(fake()));
    let client = TestClient::connect(server).await.unwrap();
    let refused = text(&client, "show", json!({ "verbose": true })).await;
    assert!(
        refused.contains("order_id: required argument is missing"),
        "{refused}"
    );
    let arguments = json!({ "verbose": true, "order_id": 7 });
    assert_eq!(text(&client, "show", arguments).await, "1 1 true XXX");
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn prompts_and_resources_have_the_arguments_of_their_providers() {
    let (client, _) = connect().await;
    let prompts = client.list_prompts().await.unwrap();
    let arguments = prompts[0].arguments.clone().unwrap();
    let names: Vec<(&str, Option<bool>)> = arguments
        .iter()
        .map(|it| (it.name.as_str(), it.required))
        .collect();
    assert_eq!(names, [("order_id", Some(true)), ("currency", Some(false))]);
    let prompt = client
        .get_prompt("explain", json!({ "order_id": "7" }))
        .await
        .unwrap();
    assert!(
        format!("{prompt:?}").contains("Explain order 7 in EUR."),
        "{prompt:?}"
    );
    let refused = client.get_prompt("explain", json!({})).await.unwrap_err();
    assert!(refused.to_string().contains("order_id"), "{refused}");

    let contents = client
        .read_resource("orders://7?currency=USD")
        .await
        .unwrap();
    let [ResourceContents::TextResourceContents { text, .. }] = &contents[..] else {
        panic!("{contents:?}");
    };
    assert_eq!(text, "7 USD");
    let refused = client.read_resource("orders://x").await.unwrap_err();
    assert!(refused.to_string().contains("order_id"), "{refused}");
}

#[tokio::test]
async fn a_task_passes_its_own_arguments_to_its_providers() {
    let runs = Runs::default();
    let time = TestDocket::new();
    let docket = time.for_server();
    let client = TestClient::connect(server(&runs).docket(docket.clone()))
        .await
        .unwrap();
    let execution = docket.add(ship)(7, "USD".to_owned()).await.unwrap();
    time.run_until_idle().await;
    assert_eq!(execution.result().await.unwrap(), "shipped 7 USD");
    drop(client);
    assert_eq!(runs.count(), 1);
}

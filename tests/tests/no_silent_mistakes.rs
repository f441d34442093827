//! Mistakes that compile and fail silently in other libraries. With this library, each one is an
//! error or works as written.
//!
//! | mistake | here | shown by |
//! |---|---|---|
//! | two handlers with the same name | the server does not start | `processes.rs`: `two_tools_of_one_name_…` |
//! | a scalar instead of a struct with all arguments | it is one argument with its own name | below |
//! | two argument structs, one of which is ignored | they are two arguments | below |
//! | an alias of a wrapper or an injected type, mistaken for an argument | the type decides, not its name | below; `ui-tests/examples/aliases_and_hostile_names.rs` |
//! | a forgotten `Depends`, which becomes an argument that clients see | does not compile | `ui-tests/fail/dependency/depends_forgotten.rs` |
//! | a value that cannot be serialized, sent as a success | does not compile, or is an error | below; `ui-tests/fail/output/cannot_be_written_as_json.rs` |

use std::collections::{BTreeMap, HashMap};

use fastmcp::client::Client;
use fastmcp::prelude::*;
use serde_json::{Value, json};

#[tool]
async fn scalar(number: u32) -> u32 {
    number
}

#[fastmcp::data]
struct First {
    name: String,
}

#[fastmcp::data]
struct Second {
    name: String,
}

#[tool]
async fn two_structs(first: First, second: Second) -> String {
    format!("{} {}", first.name, second.name)
}

/// A wrapper for arguments, as in other libraries.
#[fastmcp::data]
struct Parameters<T>(T);

type Wrapped = Parameters<First>;
type Queue = Docket;
type Shared<T> = State<T>;

#[tool]
async fn aliases(wrapped: Wrapped, queue: Option<Queue>, shared: Shared<u8>) -> String {
    format!("{} {} {}", wrapped.0.name, queue.is_some(), *shared)
}

#[fastmcp::data]
struct Point {
    x: f64,
    y: Option<f64>,
}

#[tool]
async fn not_a_number() -> Vec<Point> {
    let point = |x| Point { x, y: None };
    vec![point(1.0), point(f64::NAN)]
}

#[tool]
async fn infinite() -> f64 {
    f64::INFINITY
}

/// Returns a map whose keys JSON cannot represent.
#[tool]
async fn keys() -> HashMap<String, BTreeMap<(u8, u8), u8>> {
    HashMap::from([("a".to_owned(), BTreeMap::from([((1, 2), 3)]))])
}

#[resource("data://{x}")]
async fn point(x: f64) -> Point {
    Point {
        x: 1.0 / x,
        y: Some(0.0),
    }
}

#[resource("data://users/{id}")]
async fn user(id: u32) -> Option<String> {
    (id == 7).then(|| "Ada".to_owned())
}

#[resource("data://points/{id}")]
async fn point_of(id: u32) -> Result<Option<Point>> {
    Ok((id == 7).then_some(Point { x: 1.0, y: None }))
}

#[task]
async fn endless() -> f64 {
    f64::NEG_INFINITY
}

#[tool]
async fn result_of_a_task(docket: Docket) -> Result<f64> {
    Ok(docket.add(endless)().await?.result().await?)
}

async fn start() -> (fastmcp::Server, Client) {
    let server = FastMcp::new("mistakes")
        .state(5u8)
        .docket(Docket::memory("mistakes"));
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

async fn text(client: &Client, tool: &str, arguments: Value) -> (String, bool) {
    let result = client.call_tool(tool, arguments).await.unwrap();
    let text = json!(result.content)[0]["text"].as_str().map(str::to_owned);
    (text.unwrap_or_default(), result.is_error)
}

#[tokio::test]
async fn every_parameter_is_its_own_argument() {
    let (_server, client) = start().await;
    let tools = client.list_tools().await.unwrap();
    let properties = |name: &str| {
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        assert_eq!(tool.input_schema["type"], "object");
        let properties = tool.input_schema["properties"].as_object().unwrap();
        properties.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(properties("scalar"), ["number"]);
    assert_eq!(properties("two_structs"), ["first", "second"]);
    assert_eq!(properties("aliases"), ["wrapped"]);

    let arguments = json!({ "first": { "name": "a" }, "second": { "name": "b" } });
    let told = text(&client, "two_structs", arguments).await;
    assert_eq!(told, ("a b".into(), false));
    let told = text(&client, "two_structs", json!({ "name": "a" })).await;
    let expected = "first: required argument is missing\nsecond: required argument is missing\nname: unknown argument";
    assert_eq!(told, (expected.into(), true));
    let told = text(&client, "aliases", json!({ "wrapped": { "name": "a" } })).await;
    assert_eq!(told, ("a true 5".into(), false));
}

#[tokio::test]
async fn values_without_a_json_form_are_errors() {
    let (_server, client) = start().await;
    for (tool, place) in [
        ("not_a_number", "`[1].x` is NaN"),
        ("infinite", "the value is inf"),
    ] {
        let (told, is_error) = text(&client, tool, json!({})).await;
        assert!(is_error);
        assert_eq!(
            told,
            format!(
                "tool `{tool}`: the handler's result cannot be written as JSON: {place}, which JSON \
                 cannot represent; make it an `Option` and return `None` instead"
            )
        );
    }
    let (told, is_error) = text(&client, "keys", json!({})).await;
    assert!(is_error && told.contains("key must be a string"), "{told}");
    let (told, is_error) = text(&client, "result_of_a_task", json!({})).await;
    assert!(
        is_error && told.contains("the value is -inf, which JSON"),
        "{told}"
    );

    assert!(client.read_resource("data://2").await.is_ok());
    let error = client.read_resource("data://0").await.unwrap_err();
    assert!(
        error.to_string().contains("`x` is inf, which JSON"),
        "{error}"
    );
}

#[tokio::test]
async fn an_absent_resource_is_not_found() {
    let (_server, client) = start().await;
    let contents = client.read_resource("data://users/7").await.unwrap();
    assert_eq!(json!(contents)[0]["text"], "Ada");
    assert_eq!(json!(contents)[0]["mimeType"], "text/plain");
    let contents = client.read_resource("data://points/7").await.unwrap();
    assert_eq!(json!(contents)[0]["text"], r#"{"x":1.0,"y":null}"#);
    for uri in ["data://users/8", "data://points/8"] {
        let error = client.read_resource(uri).await.unwrap_err();
        let unknown = client.read_resource("data://un/kno/wn").await.unwrap_err();
        let unknown = unknown.to_string().replace("data://un/kno/wn", uri);
        assert_eq!(error.to_string(), unknown);
    }
}

//! Background work in handlers: one docket and one worker, owned by the server.

use std::sync::atomic::{AtomicUsize, Ordering};

use fastmcp::client::Client;
use fastmcp::dependencies::{Injector, Needs};
use fastmcp::mcp::ResourceContents;
use fastmcp::prelude::*;
use fastmcp::{ServeError, Server, StartError};
use serde_json::{Value, json};

// Every server in this file serves all handlers, so each needs a docket and a `Shelf`.

#[derive(Debug)]
struct Shelf(AtomicUsize);

/// A user-defined dependency that uses a built-in one.
struct Label(String);

impl Dependency for Label {
    fn needs(needs: &mut Needs) {
        needs.of::<Docket>();
    }

    async fn resolve(injector: &Injector) -> Result<Self> {
        let docket: Docket = injector.get().await?;
        Ok(Self(format!("docket {}", docket.name())))
    }
}

type Queue = Docket;

#[task]
async fn put(amount: usize, shelf: State<Shelf>) -> usize {
    shelf.0.fetch_add(amount, Ordering::SeqCst) + amount
}

#[task]
async fn put_twice(amount: usize, docket: Docket) -> Result<()> {
    docket.add(put)(amount).await?;
    docket.add(put)(amount).await?;
    Ok(())
}

#[tool]
async fn docket_name(docket: Docket) -> String {
    docket.name().to_owned()
}

#[tool]
async fn by_reference(docket: &Queue, worker: &Worker, label: Label) -> bool {
    worker.docket().name() == docket.name() && label.0 == format!("docket {}", docket.name())
}

#[tool]
async fn maybe(docket: Option<Docket>, name: &str) -> String {
    format!("{name}: {}", docket.is_some())
}

#[tool]
async fn put_and_wait(amount: usize, docket: Docket, worker: Worker) -> Result<Vec<usize>> {
    let first = docket.add(put)(amount).await?;
    let second = docket.add(put)(amount).await?;
    worker.run_until_finished().await?;
    Ok(vec![first.result().await?, second.result().await?])
}

#[tool]
async fn put_twice_and_wait(amount: usize, docket: Docket, worker: Worker) -> Result<()> {
    docket.add(put_twice)(amount).await?;
    Ok(worker.run_until_finished().await?)
}

#[tool]
async fn on_the_shelf(shelf: State<Shelf>) -> usize {
    shelf.0.load(Ordering::SeqCst)
}

#[tool]
async fn contexts(first: Context, second: &Context, third: Option<Context>) -> bool {
    first == *second && third == Some(first)
}

#[resource("shelf://docket")]
async fn docket_resource(docket: Docket) -> String {
    docket.name().to_owned()
}

#[resource("shelf://docket/{part}")]
async fn docket_template(part: String, docket: Docket) -> String {
    format!("{part} of {}", docket.name())
}

#[prompt]
async fn docket_prompt(topic: String, docket: Docket) -> String {
    format!("{topic} of {}", docket.name())
}

async fn server(name: &str) -> Server {
    let server = FastMcp::new(name)
        .docket(Docket::memory(name))
        .state(Shelf(AtomicUsize::new(0)));
    server.start().await.expect("starts")
}

async fn connect(server: &Server) -> Client {
    Client::connect(server).await.expect("connects")
}

/// Returns the structured result of a tool call that must succeed.
async fn call(client: &Client, tool: &str, arguments: Value) -> Value {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    assert!(!result.is_error, "{tool}: {:?}", result.content);
    let text = || {
        result
            .content
            .first()?
            .as_text()
            .map(|text| text.text.clone())
    };
    match result.structured_content {
        Some(content) => content["result"].clone(),
        None => text().map_or(Value::Null, Value::String),
    }
}

#[tokio::test]
async fn every_kind_of_handler_can_use_the_docket() {
    let server = server("every-kind").await;
    let client = connect(&server).await;

    assert_eq!(call(&client, "docket_name", json!({})).await, "every-kind");
    assert_eq!(call(&client, "by_reference", json!({})).await, true);
    assert_eq!(
        call(&client, "maybe", json!({ "name": "it" })).await,
        "it: true"
    );

    for (uri, expected) in [
        ("shelf://docket", "every-kind"),
        ("shelf://docket/a%2Fb", "a/b of every-kind"),
    ] {
        let contents = client.read_resource(uri).await.expect(uri);
        let ResourceContents::TextResourceContents { text, .. } = &contents[0] else {
            panic!("{uri}: {contents:?}")
        };
        assert_eq!(text, expected);
    }

    let messages = client
        .get_prompt("docket_prompt", json!({ "topic": "name" }))
        .await
        .unwrap();
    assert_eq!(
        messages[0].content.as_text().unwrap().text,
        "name of every-kind"
    );
}

#[tokio::test]
async fn a_tool_schedules_tasks_and_sees_their_results() {
    let server = server("schedules").await;
    let client = connect(&server).await;

    let results = call(&client, "put_and_wait", json!({ "amount": 3 })).await;
    let mut results: Vec<u64> = results
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    results.sort_unstable();
    assert_eq!(results, [3, 6]);

    call(&client, "put_twice_and_wait", json!({ "amount": 10 })).await;
    assert_eq!(call(&client, "on_the_shelf", json!({})).await, 26);
}

#[tokio::test]
async fn concurrent_calls_share_one_docket() {
    let server = server("at-once").await;
    let client = connect(&server).await;
    let one = |amount: usize| call(&client, "put_and_wait", json!({ "amount": amount }));
    tokio::join!(one(1), one(10), one(100));
    assert_eq!(call(&client, "on_the_shelf", json!({})).await, 222);
}

#[tokio::test]
async fn servers_do_not_share_a_docket() {
    let (first, second) = (server("first").await, server("second").await);
    let (client, other) = (connect(&first).await, connect(&second).await);

    call(&client, "put_and_wait", json!({ "amount": 5 })).await;
    assert_eq!(call(&other, "docket_name", json!({})).await, "second");
    assert_eq!(call(&other, "on_the_shelf", json!({})).await, 0);
    assert_eq!(call(&client, "on_the_shelf", json!({})).await, 10);

    let snapshot = second.docket().unwrap().snapshot().await.unwrap();
    assert_eq!(snapshot.pending(), 0);
}

#[tokio::test]
async fn two_context_parameters_are_the_same_context() {
    let server = server("contexts").await;
    let client = connect(&server).await;
    assert_eq!(call(&client, "contexts", json!({})).await, true);
}

#[tokio::test]
async fn the_injected_worker_belongs_to_the_docket() {
    let server = server("worker").await;
    assert_eq!(server.worker().unwrap().docket().name(), "worker");
}

#[tokio::test]
async fn the_lifespan_outlives_background_work() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = FastMcp::new("lifespan")
        .docket(Docket::memory("lifespan"))
        .lifespan(move |lifespan| async move {
            tell.send("before").unwrap();
            lifespan.serve(Shelf(AtomicUsize::new(7))).await;
            tell.send("after").unwrap();
            Ok(())
        })
        .start()
        .await
        .unwrap();
    let client = connect(&server).await;
    assert_eq!(call(&client, "on_the_shelf", json!({})).await, 7);
    // A task can also use the lifespan's value.
    assert_eq!(
        call(&client, "put_and_wait", json!({ "amount": 1 }))
            .await
            .as_array()
            .unwrap()
            .len(),
        2
    );

    assert_eq!(told.try_recv(), Ok("before"));
    assert!(
        told.try_recv().is_err(),
        "the lifespan goes on while the server serves"
    );
    let worker = server.worker().unwrap().clone();
    server.shutdown().await.unwrap();
    assert_eq!(told.try_recv(), Ok("after"));
    assert!(
        worker.run_until_finished().await.is_err(),
        "the worker has stopped"
    );
}

#[tokio::test]
async fn a_failing_lifespan_is_reported() {
    let failing = FastMcp::new("fails")
        .docket(Docket::memory("fails"))
        .lifespan(|_| async { Err(ToolError::new("no database").into()) });
    let error = failing.start().await.unwrap_err();
    assert!(matches!(error, StartError::Lifespan(_)));
    assert_eq!(error.to_string(), "the lifespan failed: no database");

    let silent = FastMcp::new("silent")
        .docket(Docket::memory("silent"))
        .lifespan(|_| async { Ok(()) });
    let error = silent.start().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the lifespan failed: it returned without calling `Lifespan::serve`"
    );

    let untidy = FastMcp::new("untidy")
        .docket(Docket::memory("untidy"))
        .lifespan(|lifespan| async {
            lifespan.serve(Shelf(AtomicUsize::new(0))).await;
            Err(ToolError::new("the pool did not close").into())
        });
    let error = untidy.start().await.unwrap().shutdown().await.unwrap_err();
    assert!(matches!(error, ServeError::Lifespan(_)), "{error}");
}

#[tokio::test]
async fn a_missing_docket_error_names_the_handlers_that_need_it() {
    let server = FastMcp::new("off")
        .docket(None)
        .state(Shelf(AtomicUsize::new(0)));
    let error = server.start().await.unwrap_err();
    // Every parameter of every handler is reported.
    let StartError::Several(errors) = &error else {
        panic!("{error}")
    };
    let StartError::UnmetDependency(unmet) = &errors[0] else {
        panic!("{error}")
    };
    assert_eq!(
        (unmet.kind, unmet.component, unmet.parameter),
        ("tool", "by_reference", "docket")
    );
    assert_eq!(unmet.location.file, file!());
    let text = error.to_string();
    for word in [
        "by_reference",
        "`docket`",
        "`worker` of type `Worker`",
        "background.rs:",
        "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET=true",
        "Option<",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[tokio::test]
async fn missing_state_is_named() {
    let server = FastMcp::new("stateless").docket(Docket::memory("stateless"));
    let error = server.start().await.unwrap_err().to_string();
    assert!(
        error.contains("`on_the_shelf`")
            && error.contains("Shelf")
            && error.contains("FastMcp::state"),
        "{error}"
    );
}

#[tokio::test]
async fn injected_parameters_are_not_in_schemas() {
    let server = server("schemas").await;
    let client = connect(&server).await;
    for tool in client.list_tools().await.unwrap() {
        let properties = tool.input_schema["properties"].as_object().unwrap();
        let names: Vec<&String> = properties.keys().collect();
        let expected: &[&str] = match &*tool.name {
            "put_and_wait" | "put_twice_and_wait" => &["amount"],
            "maybe" => &["name"],
            _ => &[],
        };
        assert_eq!(names, expected, "{}", tool.name);
    }
    let prompts = client.list_prompts().await.unwrap();
    let arguments = prompts[0].arguments.as_ref().unwrap();
    assert_eq!(
        arguments.iter().map(|it| &*it.name).collect::<Vec<_>>(),
        ["topic"]
    );
}

#[tokio::test]
async fn a_client_cannot_set_an_injected_parameter() {
    let server = server("refuses").await;
    let client = connect(&server).await;

    let result = client
        .call_tool("docket_name", json!({ "docket": "mine" }))
        .await
        .unwrap();
    assert!(result.is_error);
    let text = &result.content[0].as_text().unwrap().text;
    assert_eq!(
        text,
        "docket: provided by the server; clients cannot send it"
    );

    let arguments = json!({ "topic": "name", "docket": "mine" });
    let error = client
        .get_prompt("docket_prompt", arguments)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("docket: provided by the server"), "{error}");

    let error = client
        .read_resource("shelf://docket/a?docket=mine")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("unknown resource"), "{error}");
}

#[tokio::test]
async fn a_task_can_be_called_as_a_function() {
    let shelf = State::new(Shelf(AtomicUsize::new(1)));
    assert_eq!(put(2, shelf).await, 3);
}

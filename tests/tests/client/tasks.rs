//! Tasks: followed to their end, or as a handle that another client goes on with.

use std::time::Duration;

use fastmcp::client::{Client, ClientBuilder, ClientError, Started, TaskState};
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use serde_json::json;

/// Works for some minutes.
#[tool(task = "required")]
async fn minutes(result: u32) -> u32 {
    tokio::time::sleep(Duration::from_mins(5)).await;
    result
}

/// Asks for a name.
#[tool(task = "required")]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Your name?").await?;
    Ok(format!("Hello, {name}"))
}

/// Fails as a tool does.
#[tool(task = "required")]
async fn broken() -> Result<u32> {
    Err(ToolError::new("out of paper").into())
}

async fn server() -> Server {
    server_on(&Docket::memory("tasks")).await
}

async fn server_on(docket: &Docket) -> Server {
    let tools = Selection::module(module_path!());
    let server = FastMcp::new("tasks").select(tools);
    server.docket(docket.clone()).start().await.unwrap()
}

fn builder() -> ClientBuilder {
    Client::builder().protocol(ProtocolVersion::V_2026_07_28)
}

#[tokio::test(start_paused = true)]
async fn a_task_is_followed_to_its_end() {
    let server = server().await;
    let client = builder()
        .on_elicitation(|question| async move { question.accept("Ada") })
        .check_output(true)
        .connect(&server)
        .await
        .unwrap();
    assert_eq!(
        client
            .call::<u32>("minutes", json!({ "result": 7 }))
            .await
            .unwrap(),
        7
    );
    assert_eq!(
        client.call::<String>("greet", ()).await.unwrap(),
        "Hello, Ada"
    );
    let error = client.call::<u32>("broken", ()).await.unwrap_err();
    assert_eq!(error.to_string(), "tool `broken` failed: out of paper");
    let call = client.call::<u32>("minutes", json!({ "result": 7 }));
    let error = call.deadline(Duration::from_mins(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::Deadline { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn another_client_goes_on_with_a_task() {
    let server = server().await;
    let client = builder()
        .on_elicitation(|question| async move { question.accept("unused") })
        .connect(&server)
        .await
        .unwrap();
    let started = client.call_tool("greet", ()).start().await.unwrap();
    let Started::Task(task) = started else {
        panic!("{started:?}")
    };
    let id = task.id().to_owned();
    client.close().await;

    // Without a handler, so that the wait returns with the question.
    let client = builder().connect(&server).await.unwrap();
    let task = client.task(&id);
    let error = task.wait().await.unwrap_err();
    assert!(matches!(error, ClientError::Unanswered(_)), "{error}");
    let status = task.status().await.unwrap();
    assert_eq!(
        (status.id.as_str(), status.state),
        (&*id, TaskState::InputRequired)
    );
    let question = &status.questions[0];
    let form = question.elicitation().unwrap();
    assert_eq!(form.message, "Your name?");
    task.answer(&question.key, form.accept("Grace"))
        .await
        .unwrap();
    assert_eq!(task.result_as::<String>().await.unwrap(), "Hello, Grace");
    assert!(task.status().await.unwrap().state.is_terminal());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_task_has_no_result() {
    let server = server().await;
    let client = builder().connect(&server).await.unwrap();
    let started = client
        .call_tool("minutes", json!({ "result": 1 }))
        .start()
        .await
        .unwrap();
    let Started::Task(task) = started else {
        panic!("{started:?}")
    };
    task.cancel().await.unwrap();
    let error = task.result().await.unwrap_err();
    assert!(matches!(error, ClientError::TaskCancelled(_)), "{error}");
    task.cancel().await.unwrap();
    let error = client.task("unknown").status().await.unwrap_err();
    assert!(
        matches!(error, ClientError::Refused { code: -32602, .. }),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_handle_survives_a_restart_of_the_server() {
    let docket = Docket::memory("tasks");
    let server = server_on(&docket).await;
    let client = builder().connect(&server).await.unwrap();
    let call = client.call_tool("minutes", json!({ "result": 9 }));
    let started = call.start().await.unwrap();
    let Started::Task(task) = started else {
        panic!("{started:?}")
    };
    let id = task.id().to_owned();
    server.shutdown().await.unwrap();
    let error = client.task(&id).status().await.unwrap_err();
    assert!(matches!(error, ClientError::Connection(_)), "{error}");

    let server = server_on(&docket).await;
    let client = builder().connect(&server).await.unwrap();
    let task = client.task(&id);
    assert_eq!(task.status().await.unwrap().state, TaskState::Working);
    assert_eq!(task.result_as::<u32>().await.unwrap(), 9);
}

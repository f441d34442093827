//! `call`: calls a tool, gets a prompt or reads a resource, of this program or of another server.

pub(crate) mod own;
mod prompt;
mod resource;

use std::io::{self, Read};
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::cli::arguments::ArgumentSchema;
use crate::cli::bar::Bar;
use crate::cli::call::own::Own;
use crate::cli::commands::Call;
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::list::unknown;
use crate::cli::question;
use crate::cli::result::{CallResult, show};
use crate::client::{Client, ClientBuilder, Started};
use crate::server::builder::FastMcp;
use crate::server::one_call::Called;

pub(crate) async fn run(server: FastMcp, call: Call) -> CommandResult {
    let given = given_arguments(&call)?;
    let bar = Arc::new(Bar::new());
    let asks = !call.no_input && question::can_ask();
    let builder = {
        let bar = Arc::clone(&bar);
        move || {
            if asks {
                question::ask_in_terminal(Client::builder(), Arc::clone(&bar))
            } else {
                Client::builder()
            }
        }
    };
    let interrupted = CancellationToken::new();
    let on_signal = interrupted.clone();
    let signal = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_signal.cancel();
            // The second one ends the program, also while a handler blocks its thread.
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    let called = if call.target.is_own() {
        call_own(server, &call, given, builder(), &bar, &interrupted).await
    } else {
        let client = call.target.connect(builder).await?;
        let called = call_with(&client, &call, given, &bar, &interrupted).await;
        client.close().await;
        called
    };
    signal.abort();
    bar.hide();
    if interrupted.is_cancelled() {
        // A question may still wait for a line, on a thread that cannot be stopped.
        let interrupted = Failure::interrupted();
        crate::cli::terminal::note(&interrupted.message);
        std::process::exit(interrupted.code as i32);
    }
    called
}

/// Calls a tool, gets a prompt or reads a resource.
async fn call_with(
    client: &Client,
    call: &Call,
    given: Map<String, Value>,
    bar: &Arc<Bar>,
    interrupted: &CancellationToken,
) -> CommandResult {
    if call.prompt {
        prompt::get(client, call, pairs(call), given, interrupted).await
    } else if call.resource {
        resource::read(client, call, interrupted).await
    } else {
        call_tool(client, call, given, bar, interrupted).await
    }
}

/// Calls a tool, gets a prompt or reads a resource of this program, in this process.
async fn call_own(
    server: FastMcp,
    call: &Call,
    given: Map<String, Value>,
    builder: ClientBuilder,
    bar: &Arc<Bar>,
    interrupted: &CancellationToken,
) -> CommandResult {
    let called = if call.prompt {
        Called::Prompt(&call.name)
    } else if call.resource {
        Called::Resource
    } else {
        Called::Tool(&call.name)
    };
    let own = Own::start(server, called, builder).await?;
    let called = call_with(&own.client, call, given, bar, interrupted).await;
    if called.is_ok() {
        tokio::select! {
            () = own.wait_for_tasks(bar) => {}
            () = interrupted.cancelled() => {}
        }
    }
    bar.hide();
    own.stop().await?;
    called
}

async fn call_tool(
    client: &Client,
    call: &Call,
    mut arguments: Map<String, Value>,
    bar: &Arc<Bar>,
    interrupted: &CancellationToken,
) -> CommandResult {
    let tools = client.list_tools().await?;
    let Some(tool) = tools.iter().find(|tool| tool.name == *call.name) else {
        let names = tools.iter().map(|tool| &*tool.name);
        return Err(unknown("tool", &call.name, names));
    };
    let schema = Value::Object((*tool.input_schema).clone());
    ArgumentSchema::new(&schema)
        .add(pairs(call), &mut arguments)
        .map_err(|problems| Failure::usage(problems.join("\n")))?;
    let called = client.call_tool(&call.name, arguments).on_progress({
        let (bar, tool) = (Arc::clone(bar), call.name.clone());
        move |update| {
            let message = update.message.as_deref();
            bar.show(&tool, update.progress, update.total, message);
        }
    });
    // Dropping the call cancels it.
    let started = tokio::select! {
        started = called.start() => started?,
        () = interrupted.cancelled() => return Err(Failure::interrupted()),
    };
    let result = match started {
        Started::Finished(result) => result,
        Started::Task(task) => {
            let status = tokio::select! {
                status = task.follow(|status| {
                    let message = status.message.as_deref().unwrap_or("working");
                    bar.show(&call.name, 0.0, None, Some(message));
                }) => status?,
                () = interrupted.cancelled() => {
                    let _ = task.cancel().await;
                    return Err(Failure::interrupted());
                }
            };
            task.outcome(status).await?
        }
    };
    bar.hide();
    let result = CallResult {
        content: result.content,
        structured: result.structured_content,
        is_error: result.is_error,
        meta: result.meta.map(Value::Object),
    };
    show(&result, call.output)
}

/// Returns the pairs of the command line.
fn pairs(call: &Call) -> &[String] {
    match call.arguments.split_first() {
        Some((first, rest)) if first == "-" => rest,
        _ => &call.arguments,
    }
}

/// Returns the arguments from `--json` or from standard input.
fn given_arguments(call: &Call) -> CommandResult<Map<String, Value>> {
    let reads_input = call.arguments.first().is_some_and(|it| it == "-");
    let (text, source) = match (&call.json, reads_input) {
        (Some(_), true) => {
            return Err(Failure::usage(
                "`--json` and `-` both give all arguments; use one of them",
            ));
        }
        (Some(json), false) => (json.clone(), "--json"),
        (None, true) => {
            let mut text = String::new();
            let read = io::stdin().lock().read_to_string(&mut text);
            read.map_err(|error| Failure::usage(format!("standard input: {error}")))?;
            (text, "standard input")
        }
        (None, false) => return Ok(Map::new()),
    };
    match serde_json::from_str(&text) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err(Failure::usage(format!(
            "{source}: the arguments are not a JSON object"
        ))),
        Err(error) => Err(Failure::usage(format!("{source}: invalid JSON: {error}"))),
    }
}

//! Questions to the client and its user, with and without sessions.
#![expect(
    deprecated,
    reason = "2026-07-28 deprecates sampling; clients support it"
)]

use fastmcp::client::{Client, ClientError};
use fastmcp::context::{Elicited, FormType, InputError, InputKind, ToolChoice};
use fastmcp::prelude::*;
use fastmcp::{FastMcp, Server, content};
use fastmcp_tests::wire::Wire;
use rmcp::model::{
    ClientCapabilities, ClientInfo, CreateMessageRequestParams, CreateMessageResult,
    ProtocolVersion, Role, SamplingMessage, SamplingMessageContentBlock,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RequestContext, RoleClient};
use serde_json::{Value, json};

#[fastmcp::data]
struct Booking {
    /// The number of seats
    seats: u8,
    window: Option<bool>,
}

/// Asks for a booking, then for a confirmation.
#[tool]
async fn book(ctx: Context) -> Result<String> {
    let booking: Booking = ctx.elicit("What should I book?").key("booking").await?;
    let sure = ctx.elicit::<()>("Sure?").response().await?;
    Ok(match sure {
        Elicited::Accepted(()) => format!("{} seats", booking.seats),
        Elicited::Declined => "declined".into(),
        Elicited::Cancelled => "cancelled".into(),
    })
}

/// Asks four questions at once.
#[tool]
async fn everything(ctx: Context) -> Result<String> {
    let (name, greeting, roots) = tokio::try_join!(
        ctx.elicit::<String>("Who?").key("name"),
        ctx.sample("Greet").max_tokens(10).key("greeting"),
        ctx.list_roots().key("roots"),
    )?;
    Ok(format!("{}, {name} {}", greeting.text(), roots[0].uri))
}

#[fastmcp::data]
struct City {
    /// The name in English
    name: String,
}

/// Asks the model, which may use a tool.
#[tool]
async fn plan(request: String, ctx: Context) -> Result<Value> {
    let picture = content::image([1, 2, 3], "image/png");
    let mut question = ctx
        .sample([content::text(request), picture])
        .tool::<City>("weather", "Returns the weather of a city")
        .tools(
            ctx.tools()
                .into_iter()
                .filter(|tool| tool.name == "abilities"),
        )
        .tool_choice(ToolChoice::Auto);
    for _ in 0..3 {
        let answer = question.clone().await?;
        if answer.tool_uses.is_empty() {
            let (text, blocks) = (answer.text(), answer.content);
            return Ok(json!({ "text": text, "blocks": blocks, "model": answer.model }));
        }
        let results = answer
            .tool_uses
            .iter()
            .map(|call| match call.arguments::<City>() {
                Ok(city) => call
                    .result(format!("sunny in {}", city.name))
                    .structured_content(json!({ "sun": true })),
                Err(error) => call.error(error.to_string()),
            });
        question = question.tool_results(&answer, results);
    }
    Err(ToolError::new("too many rounds").into())
}

/// Asks questions that the protocol does not allow.
#[tool]
async fn mistaken(ctx: Context) -> Vec<String> {
    let link = content::resource_link("page://a", "a");
    let with_link = ctx.sample([link]).await;
    let of_text = ctx.sample("x").tool::<String>("text", "No object").await;
    let answer: fastmcp::Sampled = serde_json::from_value(json!({
        "content": { "type": "tool_use", "id": "1", "name": "weather", "input": {} },
    }))
    .unwrap();
    let without_result = ctx.sample("x").tool_results(&answer, []).await;
    let twice = [
        answer.tool_uses[0].result("a"),
        answer.tool_uses[0].result("b"),
    ];
    let twice = ctx.sample("x").tool_results(&answer, twice).await;
    [with_link, of_text, without_result, twice]
        .map(|answer| answer.unwrap_err().to_string())
        .to_vec()
}

/// Asks the user to visit a page.
#[tool]
async fn sign_in(ctx: Context) -> Result<bool> {
    ctx.elicit_url("Sign in", "https://example.org/sign-in")
        .await?;
    Ok(true)
}

/// Lists the supported kinds of questions.
#[tool]
async fn abilities(ctx: Context) -> Vec<bool> {
    use InputKind::{Form, Roots, Sampling, Url};
    [Form, Url, Sampling, Roots]
        .map(|kind| ctx.can_ask_for(kind))
        .to_vec()
}

/// A type whose schema the compiler does not know.
#[derive(fastmcp::serde::Deserialize, fastmcp::schemars::JsonSchema)]
#[serde(crate = "fastmcp::serde")]
#[schemars(crate = "fastmcp::schemars")]
struct Lists {
    lists: Vec<Vec<String>>,
}

impl FormType for Lists {}

/// Asks for a type that a form cannot represent.
#[tool]
async fn formless(ctx: Context) -> Result<String, InputError> {
    let answer: Lists = ctx.elicit("Lists?").await?;
    Ok(answer.lists.concat().concat())
}

/// A prompt that asks for a name.
#[prompt]
async fn greeting(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Greet {name}."))
}

/// A resource that asks for a name.
#[resource("greeting://page")]
async fn page(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Hello, {name}."))
}

/// Reads the resource that asks for a name.
#[tool]
async fn reads_the_page(ctx: Context) -> Result<String> {
    let contents = ctx.read_resource("greeting://page").await?;
    Ok(serde_json::to_value(&contents[0])?["text"].to_string())
}

async fn server() -> Server {
    FastMcp::new("asking").docket(None).start().await.unwrap()
}

fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

fn text(answer: &Value) -> &str {
    let text = &answer["result"]["content"][0]["text"];
    text.as_str()
        .unwrap_or_else(|| panic!("no text in {answer}"))
}

#[tokio::test]
async fn in_a_session_the_handler_waits_for_the_answer() {
    let server = server().await;
    let capabilities = json!({ "elicitation": {}, "sampling": {}, "roots": {} });
    let mut wire = Wire::of_sessions(&server, capabilities).await;

    let id = wire
        .ask("tools/call", json!({ "name": "book", "arguments": {} }))
        .await;
    let asked = wire
        .serve("elicitation/create", accept(json!({ "seats": 3 })))
        .await;
    assert_eq!(asked["message"], "What should I book?");
    assert_eq!(
        asked["requestedSchema"]["properties"],
        json!({
            "seats": { "type": "integer", "description": "The number of seats", "minimum": 0, "maximum": 255 },
            "window": { "type": "boolean" },
        })
    );
    assert_eq!(asked["requestedSchema"]["required"], json!(["seats"]));
    wire.serve("elicitation/create", json!({ "action": "decline" }))
        .await;
    let answer = wire.hear().await;
    assert_eq!(answer["id"], id);
    assert_eq!(text(&answer), "declined");

    wire.ask(
        "tools/call",
        json!({ "name": "everything", "arguments": {} }),
    )
    .await;
    for _ in 0..3 {
        let asked = wire.hear().await;
        let result = match asked["method"].as_str().unwrap() {
            "elicitation/create" => accept(json!({ "value": "Ada" })),
            "sampling/createMessage" => {
                assert_eq!(asked["params"]["maxTokens"], 10);
                json!({ "role": "assistant", "model": "m", "content": { "type": "text", "text": "Hello" } })
            }
            "roots/list" => json!({ "roots": [{ "uri": "file:///x" }] }),
            other => panic!("{other}"),
        };
        wire.say(json!({ "jsonrpc": "2.0", "id": asked["id"], "result": result }))
            .await;
    }
    assert_eq!(text(&wire.hear().await), "Hello, Ada file:///x");
}

#[tokio::test]
async fn invalid_answers_and_refusals_are_tool_errors() {
    let server = server().await;
    let mut wire = Wire::of_sessions(&server, json!({ "elicitation": {} })).await;
    for (reply, expected) in [
        (accept(json!({ "seats": "many" })), "invalid answer"),
        (json!({ "action": "decline" }), "the user declined"),
        (json!({ "action": "cancel" }), "the user cancelled"),
    ] {
        wire.ask("tools/call", json!({ "name": "book", "arguments": {} }))
            .await;
        wire.serve("elicitation/create", reply).await;
        let answer = wire.hear().await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert!(text(&answer).contains(expected), "{answer}");
    }
    let answer = wire.call("everything").await;
    // The form is sent, but the client supports neither sampling nor roots.
    let asked = wire.notifications.pop();
    assert!(
        text(&answer).contains("has not declared support for sampling"),
        "{answer} {asked:?}"
    );
    let answer = wire.call("sign_in").await;
    assert!(text(&answer).contains("elicitation by URL"), "{answer}");
    let answer = wire.call("formless").await;
    assert!(
        text(&answer).contains("cannot be represented as a form"),
        "{answer}"
    );
}

#[tokio::test]
async fn without_a_session_the_client_carries_the_answers() {
    let server = server().await;
    let mut wire = Wire::of_rounds(&server, json!({ "elicitation": {} }));
    let first = wire.call("book").await;
    assert_eq!(first["result"]["resultType"], "input_required", "{first}");
    let asked = &first["result"]["inputRequests"];
    assert_eq!(asked["booking"]["method"], "elicitation/create");
    assert_eq!(asked.as_object().unwrap().len(), 1);

    // A missing, unrelated or malformed answer: the question is repeated.
    for useless in [
        json!({}),
        json!({ "other": accept(json!({})) }),
        json!({ "booking": 7 }),
    ] {
        let again = wire.call_again("book", &first, useless).await;
        assert!(
            again["result"]["inputRequests"]["booking"].is_object(),
            "{again}"
        );
    }

    let seats = json!({ "booking": accept(json!({ "seats": 2 })) });
    let second = wire.call_again("book", &first, seats).await;
    let asked = second["result"]["inputRequests"].as_object().unwrap();
    let key = asked.keys().next().unwrap().clone();
    assert_ne!(
        second["result"]["requestState"],
        first["result"]["requestState"]
    );
    let yes = json!({ key: { "action": "accept" } });
    let third = wire.call_again("book", &second, yes).await;
    assert_eq!(third["result"]["resultType"], "complete");
    assert_eq!(text(&third), "2 seats");
}

#[tokio::test]
async fn a_modified_request_state_or_one_of_another_call_is_refused() {
    let server = server().await;
    let mut wire = Wire::of_rounds(
        &server,
        json!({ "elicitation": {}, "sampling": {}, "roots": {} }),
    );
    let first = wire.call("book").await;
    let mut forged = first.clone();
    let state = first["result"]["requestState"].as_str().unwrap();
    let (head, last) = state.split_at(state.len() - 1);
    let other = if last == "A" { "B" } else { "A" };
    forged["result"]["requestState"] = format!("{head}{other}").into();
    for (tool, state) in [("book", &forged), ("everything", &first)] {
        let answer = wire.call_again(tool, state, json!({})).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
    }
    // Another process with a different secret.
    let other = FastMcp::new("asking").docket(None).start().await.unwrap();
    let mut wire = Wire::of_rounds(&other, json!({ "elicitation": {} }));
    let answer = wire.call_again("book", &first, json!({})).await;
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}

#[tokio::test]
async fn replicas_with_the_same_secret_continue_each_others_calls() {
    let secret = "0123456789abcdef0123456789abcdef";
    let one = || FastMcp::new("asking").docket(None).secret(secret).start();
    let (a, b) = (one().await.unwrap(), one().await.unwrap());
    let first = Wire::of_rounds(&a, json!({ "elicitation": {} }))
        .call("book")
        .await;
    let seats = json!({ "booking": accept(json!({ "seats": 2 })) });
    let second = Wire::of_rounds(&b, json!({ "elicitation": {} }))
        .call_again("book", &first, seats)
        .await;
    assert_eq!(second["result"]["resultType"], "input_required", "{second}");

    let error = FastMcp::new("x").secret("short").start().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server's secret is 5 bytes long, and must be at least 32"
    );
}

#[tokio::test]
async fn concurrent_questions_are_sent_together() {
    let server = server().await;
    let capabilities = json!({ "elicitation": {}, "sampling": {}, "roots": {} });
    let mut wire = Wire::of_rounds(&server, capabilities);
    let first = wire.call("everything").await;
    let asked = first["result"]["inputRequests"].as_object().unwrap();
    let mut keys: Vec<&str> = asked.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["greeting", "name", "roots"]);
    let name = json!({ "name": accept(json!({ "value": "Ada" })) });
    let second = wire.call_again("everything", &first, name).await;
    let asked = second["result"]["inputRequests"].as_object().unwrap();
    assert!(!asked.contains_key("name"), "{second}");
    let rest = json!({
        "greeting": { "role": "assistant", "model": "m", "content": [{ "type": "text", "text": "Hi" }] },
        "roots": { "roots": [{ "uri": "file:///y" }] },
    });
    let third = wire.call_again("everything", &second, rest).await;
    assert_eq!(text(&third), "Hi, Ada file:///y");
}

#[tokio::test]
async fn without_a_session_a_missing_capability_is_a_protocol_error() {
    let server = server().await;
    let mut wire = Wire::of_rounds(&server, json!({ "elicitation": {} }));
    let answer = wire.call("sign_in").await;
    assert_eq!(answer["error"]["code"], -32021, "{answer}");
    assert_eq!(
        answer["error"]["data"],
        json!({ "requiredCapabilities": { "elicitation": { "url": {} } } })
    );
    let answer = wire.call("abilities").await;
    let abilities = &answer["result"]["structuredContent"]["result"];
    assert_eq!(abilities, &json!([true, false, false, false]));
}

#[tokio::test]
async fn prompts_resources_and_their_readers_can_ask() {
    let server = server().await;
    let mut wire = Wire::of_rounds(&server, json!({ "elicitation": {} }));
    let name = json!({ "name": accept(json!({ "value": "Ada" })) });
    for (method, mut params, path) in [
        (
            "prompts/get",
            json!({ "name": "greeting" }),
            "/result/messages/0/content/text",
        ),
        (
            "resources/read",
            json!({ "uri": "greeting://page" }),
            "/result/contents/0/text",
        ),
        (
            "tools/call",
            json!({ "name": "reads_the_page" }),
            "/result/content/0/text",
        ),
    ] {
        let first = wire.request(method, params.clone()).await;
        assert_eq!(first["result"]["resultType"], "input_required", "{first}");
        params["requestState"] = first["result"]["requestState"].clone();
        params["inputResponses"] = name.clone();
        let second = wire.request(method, params).await;
        let text = second.pointer(path).and_then(Value::as_str);
        assert!(text.is_some_and(|text| text.contains("Ada")), "{second}");
    }
}

/// Returns a client that answers every question of this file, except the second one about a booking.
fn answering(protocol: &ProtocolVersion) -> fastmcp::client::ClientBuilder {
    Client::builder()
        .protocol(protocol.clone())
        .on_elicitation(|question| async move {
            match question.message.as_str() {
                "What should I book?" => question.accept(json!({ "seats": 3 })),
                "Who?" => question.accept("Ada"),
                "Sign in" => question.accept(()),
                "Sure?" => Elicited::Declined,
                other => panic!("{other}"),
            }
        })
        .on_sampling(|question| async move { format!("{}!", question.text()) })
        .roots(["file:///x"])
}

async fn call(client: &Client, tool: &str) -> Value {
    json!(client.call_tool(tool, json!({})).await.unwrap().content)[0]["text"].take()
}

#[tokio::test]
async fn the_client_of_this_crate_answers_with_and_without_a_session() {
    let server = server().await;
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let client = answering(&protocol).connect(&server).await.unwrap();
        assert_eq!(client.server_info().unwrap().name, "asking", "{protocol}");
        assert_eq!(call(&client, "book").await, "declined");
        assert_eq!(call(&client, "everything").await, "Greet!, Ada file:///x");
        assert_eq!(call(&client, "sign_in").await, "true");
        assert_eq!(call(&client, "abilities").await, "[true,true,true,true]");
        let prompt = client.get_prompt("greeting", json!({})).await.unwrap();
        assert_eq!(json!(prompt)[0]["content"]["text"], "Greet Ada.");
        let page = client.read_resource("greeting://page").await.unwrap();
        assert_eq!(json!(page)[0]["text"], "Hello, Ada.");
    }
}

#[tokio::test]
async fn a_client_without_a_handler_or_with_a_failing_one_does_not_block_the_call() {
    let server = server().await;
    let client = Client::connect(&server).await.unwrap();
    let text = call(&client, "book").await;
    assert!(text.as_str().unwrap().contains("support for elicitation"));
    let client = Client::builder().protocol(ProtocolVersion::V_2026_07_28);
    let client = client.connect(&server).await.unwrap();
    let error = client.call_tool("book", json!({})).await.unwrap_err();
    assert!(
        matches!(error, ClientError::Refused { code: -32021, .. }),
        "{error}"
    );

    let panics = Client::builder().on_elicitation(|_| async { panic!("a failed assertion") });
    let client = panics.connect(&server).await.unwrap();
    let text = call(&client, "book").await;
    assert!(text.as_str().unwrap().contains("panicked"), "{text}");
}

/// Asks the same question without end.
#[tool]
async fn insatiable(ctx: Context) -> Result<String> {
    loop {
        ctx.elicit::<String>("Who?").await?;
    }
}

#[tokio::test]
async fn a_client_stops_answering_a_server_that_never_stops_asking() {
    let server = server().await;
    let client = answering(&ProtocolVersion::V_2026_07_28);
    let client = client.connect(&server).await.unwrap();
    let error = client.call_tool("insatiable", json!({})).await.unwrap_err();
    assert!(!error.to_string().is_empty(), "{error}");
}

/// A client whose model uses a tool twice, and then answers.
struct Model;

impl rmcp::ClientHandler for Model {
    fn get_info(&self) -> ClientInfo {
        let mut info = ClientInfo::default();
        info.capabilities = ClientCapabilities::builder()
            .enable_sampling()
            .enable_sampling_tools()
            .build();
        info
    }

    async fn create_message(
        &self,
        params: CreateMessageRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<CreateMessageResult, rmcp::ErrorData> {
        use SamplingMessageContentBlock as Block;
        let refuse = |text: String| rmcp::ErrorData::invalid_params(text, None);
        params.validate().map_err(refuse)?;
        let tools = params.tools.unwrap_or_default();
        let names: Vec<&str> = tools.iter().map(|tool| &*tool.name).collect();
        let schema = json!(tools[0].input_schema);
        if names != ["weather", "abilities"] || schema["properties"]["name"]["type"] != "string" {
            return Err(refuse(format!("{names:?} {schema}")));
        }
        let blocks = match &*params.messages {
            [question] if question.content.len() == 2 => {
                let input = |value: Value| value.as_object().cloned().unwrap_or_default();
                vec![
                    Block::text("Let me see."),
                    Block::tool_use("a", "weather", input(json!({ "name": "Rome" }))),
                    Block::tool_use("b", "weather", input(json!({ "name": 7 }))),
                ]
            }
            [_, _, results] => {
                let results = json!(results.content);
                let (good, bad) = (&results[0], &results[1]);
                let is_expected = good["toolUseId"] == "a"
                    && good["content"][0]["text"] == "sunny in Rome"
                    && good["structuredContent"] == json!({ "sun": true })
                    && bad["toolUseId"] == "b"
                    && bad["isError"] == true;
                if !is_expected {
                    return Err(refuse(results.to_string()));
                }
                let audio = json!({ "type": "audio", "data": "AQID", "mimeType": "audio/wav" });
                vec![
                    Block::text("Go to Rome."),
                    serde_json::from_value(audio).unwrap(),
                ]
            }
            other => return Err(refuse(format!("{other:?}"))),
        };
        let message = SamplingMessage::new_multiple(Role::Assistant, blocks);
        Ok(CreateMessageResult::new(message, "m".to_owned()))
    }
}

#[tokio::test]
async fn a_model_uses_tools_of_the_handler_in_both_eras() {
    let server = server().await;
    let expected = json!({
        "text": "Go to Rome.",
        "blocks": [
            { "type": "text", "text": "Go to Rome." },
            { "type": "audio", "data": "AQID", "mimeType": "audio/wav" },
        ],
        "model": "m",
    });
    for lifecycle in [
        ClientLifecycleMode::Initialize,
        ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    ] {
        let client = Model
            .serve_with_lifecycle(server.connect(), lifecycle)
            .await
            .unwrap();
        let mut call = rmcp::model::CallToolRequestParams::new("plan");
        call.arguments = json!({ "request": "Where to?" }).as_object().cloned();
        let result = client.call_tool(call).await.unwrap();
        assert_eq!(
            result.structured_content.as_ref(),
            Some(&expected),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn tools_for_a_model_require_a_capability() {
    let server = server().await;
    let call = json!({ "name": "plan", "arguments": { "request": "x" } });
    let mut wire = Wire::of_sessions(&server, json!({ "sampling": {} })).await;
    let answer = wire.request("tools/call", call.clone()).await;
    let expected = "the client has not declared support for sampling with tools (`sampling.tools`)";
    assert_eq!(text(&answer), expected, "{answer}");
    let answer = wire.call("mistaken").await;
    let found = &answer["result"]["structuredContent"]["result"];
    for (found, expected) in found.as_array().unwrap().iter().zip([
        "cannot ask the client: a message cannot contain a resource: send its text",
        "cannot ask the client: the arguments of the tool `text` are not an object: use a struct with named fields",
        "cannot ask the client: the tool use `1` has no result",
        "cannot ask the client: the tool use `1` has two results, or is not in the answer",
    ]) {
        assert_eq!(found, expected);
    }

    let mut wire = Wire::of_rounds(&server, json!({ "sampling": {} }));
    let answer = wire.request("tools/call", call.clone()).await;
    assert_eq!(answer["error"]["code"], -32021, "{answer}");
    assert_eq!(
        answer["error"]["data"],
        json!({ "requiredCapabilities": { "sampling": { "tools": {} } } })
    );

    // Before 2025-11-25, a message has one block.
    let capabilities = json!({ "sampling": { "tools": {} } });
    let mut wire = Wire::of_revision(&server, "2025-06-18", capabilities).await;
    wire.ask("tools/call", call).await;
    let asked = wire
        .serve(
            "sampling/createMessage",
            json!({ "role": "assistant", "model": "m", "content": { "type": "text", "text": "y" } }),
        )
        .await;
    let messages = asked["messages"].as_array().unwrap();
    let types: Vec<_> = messages.iter().map(|it| &it["content"]["type"]).collect();
    assert_eq!(types, ["text", "image"], "{asked}");
}

//! `Context::once`: work that is done once, although the handler runs again with each answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fastmcp::client::Client;
use fastmcp::context::OnceError;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Server, Store};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

/// How often each piece of work was done.
#[derive(Default)]
struct Counts {
    reserved: AtomicU32,
    failed: AtomicU32,
}

/// Reserves a number, asks, and fails the first time that it packs. An error is not kept, so the next run packs again.
#[tool]
async fn order(goods: String, counts: State<Arc<Counts>>, ctx: Context) -> Result<String> {
    let reserve = || async { Ok(1000 + counts.reserved.fetch_add(1, Ordering::SeqCst)) };
    let number: u32 = ctx.once("reserve", reserve).await?;
    ctx.elicit::<()>(format!("Order {goods}?"))
        .key("sure")
        .await?;
    let pack = || async {
        match counts.failed.fetch_add(1, Ordering::SeqCst) {
            0 => Err(ToolError::new("no boxes").into()),
            nth => Ok(nth),
        }
    };
    let tried: u32 = match ctx.once("pack", pack).await {
        Ok(nth) => nth,
        Err(error) => {
            ctx.elicit::<()>("Try again?").key("again").await?;
            return Err(error);
        }
    };
    ctx.elicit::<()>("Send?").key("send").await?;
    Ok(format!(
        "{goods}: number {number}, packed at attempt {}",
        tried + 1
    ))
}

/// Begins work and a question together.
#[tool]
async fn together(counts: State<Arc<Counts>>, ctx: Context) -> Result<u32> {
    let slow = || async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        Ok(counts.reserved.fetch_add(1, Ordering::SeqCst))
    };
    let (number, ()) = tokio::try_join!(ctx.once("slow", slow), async {
        Ok(ctx.elicit("Sure?").key("sure").await?)
    })?;
    Ok(number)
}

/// Uses a name twice, and names that are too short and too long.
#[tool]
async fn mistaken(ctx: Context) -> Result<Vec<String>> {
    ctx.once("a", || async { Ok(1) }).await?;
    let mut errors = Vec::new();
    for name in ["a".to_owned(), String::new(), "b".repeat(257)] {
        let error = ctx.once(name, || async { Ok(2) }).await.err();
        let error = error.ok_or(ToolError::new("there is no error"))?;
        error
            .downcast_ref::<OnceError>()
            .ok_or(ToolError::new("another type of error"))?;
        errors.push(error.to_string());
    }
    Ok(errors)
}

/// Starts one of several replicas.
async fn replica(store: &Store, counts: &Arc<Counts>) -> Server {
    let server = FastMcp::new("shop")
        .docket(None)
        .store(store.clone())
        .state(Arc::clone(counts));
    server.secret([7; 32]).start().await.unwrap()
}

async fn server() -> Server {
    replica(&Store::memory(), &Arc::default()).await
}

/// Starts two replicas.
async fn replicas() -> (Server, Server) {
    let (store, counts) = (Store::memory(), Arc::default());
    (
        replica(&store, &counts).await,
        replica(&store, &counts).await,
    )
}

fn accept(key: &str) -> Value {
    json!({ key: { "action": "accept", "content": {} } })
}

fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_default()
}

fn elicitation() -> Value {
    json!({ "elicitation": {} })
}

/// Answers the questions of `order` in turn, with a request to each of the servers. Returns all responses.
async fn order_on(servers: &[&Server]) -> Vec<Value> {
    let goods = json!({ "goods": "tea" });
    let mut wire = Wire::of_rounds(servers[0], elicitation());
    let first = json!({ "name": "order", "arguments": goods });
    let mut responses = vec![wire.request("tools/call", first).await];
    for (key, server) in ["sure", "again", "send"]
        .into_iter()
        .zip(servers.iter().cycle().skip(1))
    {
        let last = &responses[responses.len() - 1];
        assert!(
            last["result"]["inputRequests"][key].is_object(),
            "{key}: {last}"
        );
        responses.push(answer(server, last, accept(key)).await);
    }
    responses
}

async fn answer(server: &Server, asked: &Value, answers: Value) -> Value {
    let params = json!({
        "name": "order",
        "arguments": { "goods": "tea" },
        "requestState": asked["result"]["requestState"],
        "inputResponses": answers,
    });
    Wire::of_rounds(server, elicitation())
        .request("tools/call", params)
        .await
}

#[tokio::test]
async fn work_is_done_once_in_all_rounds_and_on_all_replicas() {
    let (one, two) = replicas().await;
    let responses = order_on(&[&one, &two]).await;
    // The first server has packed without success, and the second one with success: it counts for itself.
    assert_eq!(text(&responses[3]), "tea: number 1000, packed at attempt 2");
}

#[tokio::test]
async fn a_repeated_round_gets_the_recorded_response() {
    let (one, two) = replicas().await;
    let responses = order_on(&[&one]).await;
    for server in [&one, &two] {
        for (round, key) in ["sure", "again", "send"].into_iter().enumerate() {
            let (repeated, before) = (
                answer(server, &responses[round], accept(key)).await,
                &responses[round + 1],
            );
            if key == "again" {
                // The run did not need this answer, so its response is not recorded, and after the end of the call the
                // results of its work are gone: nothing is done again.
                assert_eq!(repeated["result"]["isError"], true, "{repeated}");
                assert!(text(&repeated).contains("`reserve`"), "{repeated}");
                continue;
            }
            assert_eq!(repeated["result"], before["result"]);
            let declined = json!({ key: { "action": "decline" } });
            let refused = answer(server, &responses[round], declined).await;
            assert_eq!(refused["error"]["code"], -32602, "{refused}");
        }
    }
}

#[tokio::test]
async fn work_is_not_done_again_if_its_result_is_lost() {
    let counts = Arc::new(Counts::default());
    let before = replica(&Store::memory(), &counts).await;
    let goods = json!({ "name": "order", "arguments": { "goods": "tea" } });
    let mut wire = Wire::of_rounds(&before, elicitation());
    let first = wire.request("tools/call", goods).await;
    // A process that was started again has the secret, and not the memory.
    let after = replica(&Store::memory(), &counts).await;
    let refused = answer(&after, &first, accept("sure")).await;
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    assert!(text(&refused).contains("`reserve`"), "{refused}");
    assert_eq!(counts.reserved.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn concurrent_requests_of_one_round_do_the_work_once() {
    let server = server().await;
    let first = Wire::of_rounds(&server, elicitation())
        .call("together")
        .await;
    assert!(
        first["result"]["inputRequests"]["sure"].is_object(),
        "{first}"
    );
    let call = async || {
        let mut wire = Wire::of_rounds(&server, elicitation());
        wire.call_again("together", &first, accept("sure")).await
    };
    let (one, two) = tokio::join!(call(), call());
    for answer in [one, two] {
        assert_eq!(
            answer["result"]["structuredContent"]["result"], 0,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn unfit_names_are_errors_with_the_line() {
    let server = server().await;
    let client = Client::builder().protocol(ProtocolVersion::V_2026_07_28);
    let client = client.connect(&server).await.unwrap();
    let result = client.call_tool("mistaken", json!({})).await.unwrap();
    let errors = result.structured_content.unwrap()["result"].clone();
    assert!(
        errors[0].as_str().unwrap().contains("same name `a`"),
        "{errors}"
    );
    assert_eq!(
        errors[0].as_str().unwrap().matches("once.rs:").count(),
        2,
        "{errors}"
    );
    assert!(
        errors[1].as_str().unwrap().contains("1 to 256 bytes"),
        "{errors}"
    );
    assert!(errors[2].as_str().unwrap().contains("has 257"), "{errors}");
}

#[tokio::test]
async fn in_a_session_the_handler_runs_to_its_end() {
    let answers = Client::builder().protocol(ProtocolVersion::V_2025_11_25);
    let answers = answers.on_elicitation(async |question| question.accept(()));
    let server = server().await;
    let client = answers.connect(&server).await.unwrap();
    let failed = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert!(failed.is_error);
    let result = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    let text = &result.content[0].as_text().unwrap().text;
    assert_eq!(text, "tea: number 1001, packed at attempt 2");
}

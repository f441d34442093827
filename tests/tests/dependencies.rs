//! Providers: their parameters, the number of their runs, and their teardown after the call.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::Server;
use fastmcp::client::Client;
use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Records events for the test.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// The inputs and observations of a test.
#[derive(Default)]
struct Stage {
    diary: Diary,
    /// The number of failures of the shared provider before it succeeds.
    failures: AtomicU32,
    body_runs: Notify,
}

/// Not `Clone`, so it is passed by reference.
struct Connection(String);

#[dependency]
fn address(stage: State<Arc<Stage>>) -> String {
    stage.diary.write("address");
    "db:5432".to_owned()
}

#[dependency]
async fn connection(
    #[depends(address)] address: &str,
    stage: State<Arc<Stage>>,
    scope: Scope<Connection>,
) -> Result<()> {
    stage.diary.write("connect");
    let ended = scope.provide(Connection(address.to_owned())).await;
    tokio::task::yield_now().await;
    let word = if ended.succeeded { "well" } else { "badly" };
    stage
        .diary
        .write(format!("disconnect {} {word}", ended.value.0));
    Ok(())
}

#[dependency]
async fn transaction(
    #[depends(connection)] connection: &Connection,
    stage: State<Arc<Stage>>,
    scope: Scope<u32>,
) -> Result<()> {
    stage.diary.write(format!("begin on {}", connection.0));
    let ended = scope.provide(7).await;
    stage
        .diary
        .write(format!("end of {} on {}", ended.value, connection.0));
    Ok(())
}

/// Ends as `how` specifies.
#[tool]
async fn work(
    how: String,
    #[depends(transaction)] transaction: u32,
    #[depends(connection)] connection: &Connection,
    #[depends(address)] address: String,
    stage: State<Arc<Stage>>,
) -> Result<String> {
    stage.diary.write("body");
    match &*how {
        "fail" => Err(ToolError::new("it failed").into()),
        "panic" => panic!("it panicked"),
        "wait" => {
            stage.body_runs.notify_one();
            std::future::pending().await
        }
        _ => Ok(format!("{transaction} {} {address}", connection.0)),
    }
}

#[resource("stage://{name}")]
async fn staged(name: &str, #[depends(transaction)] transaction: &u32) -> String {
    format!("{name} {transaction}")
}

#[prompt]
async fn ask(#[depends(address)] address: String, topic: String) -> String {
    format!("{topic} at {address}")
}

#[task]
async fn work_later(
    how: String,
    #[depends(transaction)] transaction: u32,
    stage: State<Arc<Stage>>,
) -> Result<u32> {
    stage.diary.write("body");
    match &*how {
        "fail" => Err(ToolError::new("it failed").into()),
        "panic" => panic!("it panicked"),
        _ => Ok(transaction),
    }
}

/// A shared provider, which runs once per server.
struct Pool(String);

#[dependency(shared)]
async fn pool(stage: State<Arc<Stage>>, scope: Scope<Pool>) -> Result<()> {
    stage.diary.write("open pool");
    // Other calls arrive while this one waits.
    tokio::time::sleep(Duration::from_millis(20)).await;
    let failing = stage
        .failures
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        });
    if failing.is_ok() {
        return Err(fastmcp::Error::msg("the database is down").context("cannot open"));
    }
    let ended = scope.provide(Pool("pool".into())).await;
    stage.diary.write(format!("close {}", ended.value.0));
    assert!(ended.succeeded);
    Ok(())
}

#[dependency(shared)]
async fn cache(#[depends(pool)] pool: &Pool, stage: State<Arc<Stage>>, scope: Scope<Arc<str>>) {
    let name = format!("cache of {}", pool.0);
    stage.diary.write(format!("open {name}"));
    scope.provide(name.as_str().into()).await;
    stage.diary.write(format!("close {name}"));
}

#[tool]
async fn count(#[depends(cache)] cache: &Arc<str>, #[depends(pool)] pool: &Pool) -> String {
    format!("{cache}, {}", pool.0)
}

#[task]
async fn count_later(#[depends(cache)] cache: Arc<str>) -> String {
    cache.to_string()
}

#[dependency]
async fn user(stage: State<Arc<Stage>>) -> Result<String> {
    stage.diary.write("user");
    Err(ToolError::new("sign in first").into())
}

#[tool]
async fn greet(#[depends(user)] user: &str) -> String {
    format!("Hello, {user}")
}

#[dependency]
async fn breaks_late(scope: Scope<()>) -> Result<()> {
    scope.provide(()).await;
    Err(fastmcp::Error::msg("the commit was refused"))
}

#[tool]
async fn write_down(#[depends(breaks_late)] _written: ()) -> &'static str {
    "written"
}

#[dependency]
async fn forgets(scope: Scope<u8>) {
    drop(scope);
}

#[tool]
async fn forgotten(#[depends(forgets)] value: u8) -> u8 {
    value
}

/// Borrows values that are not `Clone`, and ends as `how` specifies.
#[task]
async fn lent_later(
    #[depends(connection)] connection: &Connection,
    how: String,
    #[depends(transaction)] transaction: &u32,
    stage: State<Arc<Stage>>,
) -> Result<String> {
    stage.diary.write("body");
    match &*how {
        "fail" => Err(ToolError::new("it failed").into()),
        "panic" => panic!("it panicked"),
        "wait" => {
            stage.body_runs.notify_one();
            std::future::pending().await
        }
        _ => Ok(format!("{transaction} {}", connection.0)),
    }
}

struct Desk(String);

#[tools]
impl Desk {
    #[task]
    async fn order(&self, goods: String, #[depends(address)] address: &str) -> String {
        format!("{goods} at {} and {address}", self.0)
    }
}

/// A store that a program chooses when it starts.
trait Store: Send + Sync {
    fn title(&self, number: u32) -> Option<String>;
}

struct Fixed;

impl Store for Fixed {
    fn title(&self, number: u32) -> Option<String> {
        (number == 1).then(|| "first".to_owned())
    }
}

impl Store for Vec<String> {
    fn title(&self, number: u32) -> Option<String> {
        self.get(usize::try_from(number).ok()?).cloned()
    }
}

/// A wrapper that is generic itself.
struct Upper<S>(S);

impl<S: Store> Store for Upper<S> {
    fn title(&self, number: u32) -> Option<String> {
        Some(self.0.title(number)?.to_uppercase())
    }
}

type AnyStore = Arc<dyn Store>;

struct Library {
    store: AnyStore,
}

#[tools]
impl Library {
    #[tool]
    async fn method_title(&self, number: u32) -> Option<String> {
        self.store.title(number)
    }
}

#[tool]
async fn title(number: u32, store: Option<State<AnyStore>>) -> Option<String> {
    store?.title(number)
}

fn stage() -> (Arc<Stage>, FastMcp) {
    let stage = Arc::new(Stage::default());
    let server = FastMcp::new("stage")
        .docket(fastmcp::docket::Docket::memory("stage"))
        .state(Arc::clone(&stage))
        .state(Desk("desk".to_owned()))
        .state(Library {
            store: Arc::new(Fixed),
        });
    (stage, server)
}

async fn start(server: FastMcp) -> (Server, Client) {
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

/// Returns the text of a result and whether it is an error.
async fn call(client: &Client, tool: &str, arguments: Value) -> (String, bool) {
    let result = client.call_tool(tool, arguments).await.expect(tool);
    let text = result.content.first().and_then(|content| content.as_text());
    (
        text.map(|text| text.text.clone()).unwrap_or_default(),
        result.is_error,
    )
}

const BEFORE: [&str; 4] = ["address", "connect", "begin on db:5432", "body"];

fn after(how: &str) -> Vec<String> {
    let end = format!("disconnect db:5432 {how}");
    BEFORE
        .into_iter()
        .chain(["end of 7 on db:5432", &end])
        .map(ToOwned::to_owned)
        .collect()
}

#[tokio::test]
async fn a_provider_runs_once_per_call_and_is_torn_down_before_the_reply() {
    let (stage, server) = stage();
    let (_server, client) = start(server).await;
    for _ in 0..2 {
        let reply = call(&client, "work", json!({ "how": "well" })).await;
        // Read immediately: a teardown that ran after the reply would be missing here.
        assert_eq!(stage.diary.read(), after("well"));
        assert_eq!(reply, ("7 db:5432 db:5432".into(), false));
    }
}

#[tokio::test]
async fn a_provider_is_torn_down_after_an_error_and_a_panic() {
    let (stage, server) = stage();
    let (_server, client) = start(server).await;
    for (how, text) in [
        ("fail", "it failed"),
        ("panic", "tool `work`: panicked: it panicked"),
    ] {
        let reply = call(&client, "work", json!({ "how": how })).await;
        assert_eq!(stage.diary.read(), after("badly"));
        assert_eq!(reply, (text.into(), true));
    }
}

#[tokio::test]
async fn a_provider_is_torn_down_when_the_client_disconnects() {
    let (stage, server) = stage();
    let (server, client) = start(server).await;
    let calling =
        tokio::spawn(async move { client.call_tool("work", json!({ "how": "wait" })).await });
    stage.body_runs.notified().await;
    calling.abort();
    // The shutdown waits for the teardown.
    let _ = calling.await;
    server.shutdown().await.unwrap();
    assert_eq!(stage.diary.read(), after("badly"));
}

#[tokio::test]
async fn resources_prompts_and_tasks_can_use_providers() {
    let (stage, server) = stage();
    let (server, client) = start(server).await;
    let contents = client.read_resource("stage://main").await.unwrap();
    assert_eq!(json!(contents[0])["text"], "main 7");
    assert_eq!(stage.diary.read().len(), 5);
    let messages = client
        .get_prompt("ask", json!({ "topic": "What" }))
        .await
        .unwrap();
    assert_eq!(json!(messages[0])["content"]["text"], "What at db:5432");
    stage.diary.read();

    let docket = server.docket().unwrap();
    let execution = docket.add(work_later)("well".into()).await.unwrap();
    assert_eq!(execution.result().await.unwrap(), 7);
    assert_eq!(stage.diary.read(), after("well"));
    for (how, text) in [("fail", "it failed"), ("panic", "dependencies.rs:")] {
        let execution = docket.add(work_later)(how.into()).await.unwrap();
        let error = execution.result().await.unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert_eq!(stage.diary.read(), after("badly"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_borrows_values_that_are_torn_down_after_its_end() {
    let (stage, server) = stage();
    let (server, _client) = start(server).await;
    let docket = server.docket().unwrap();
    let before = ["address", "connect", "begin on db:5432", "body"];
    let torn_down = |how: &str| {
        let end = [
            "end of 7 on db:5432".to_owned(),
            format!("disconnect db:5432 {how}"),
        ];
        before
            .map(ToOwned::to_owned)
            .into_iter()
            .chain(end)
            .collect::<Vec<_>>()
    };
    let execution = docket.add(lent_later)("well".into()).await.unwrap();
    assert_eq!(execution.result().await.unwrap(), "7 db:5432");
    assert_eq!(stage.diary.read(), torn_down("well"));
    for how in ["fail", "panic"] {
        let execution = docket.add(lent_later)(how.into()).await.unwrap();
        execution.result().await.unwrap_err();
        assert_eq!(stage.diary.read(), torn_down("badly"));
    }
    let waiting = docket.add(lent_later)("wait".into()).key("waiting");
    let execution = waiting.await.unwrap();
    stage.body_runs.notified().await;
    docket.cancel("waiting").await.unwrap();
    execution.result().await.unwrap_err();
    assert_eq!(stage.diary.read(), torn_down("badly"));

    let execution = docket.add(Desk::order)("tea".into()).await.unwrap();
    assert_eq!(execution.result().await.unwrap(), "tea at desk and db:5432");
    // A unit test lends the values itself.
    let direct = Desk("shop".into());
    assert_eq!(
        direct.order("tea".into(), "here").await,
        "tea at shop and here"
    );
}

#[tokio::test]
async fn a_shared_provider_runs_once_and_ends_with_the_server() {
    let (stage, server) = stage();
    let (server, client) = start(server).await;
    let call = || async { call(&client, "count", Value::Null).await };
    let expected = ("cache of pool, pool".to_owned(), false);
    let (a, b, c) = tokio::join!(call(), call(), call());
    assert_eq!([&a, &b, &c], [&expected; 3]);
    let docket = server.docket().unwrap();
    let execution = docket.add(count_later)().await.unwrap();
    assert_eq!(execution.result().await.unwrap(), "cache of pool");
    assert_eq!(stage.diary.read(), ["open pool", "open cache of pool"]);

    server.shutdown().await.unwrap();
    assert_eq!(stage.diary.read(), ["close cache of pool", "close pool"]);
}

#[tokio::test]
async fn shared_providers_are_torn_down_before_the_lifespan() {
    let stage = Arc::new(Stage::default());
    let seen = Arc::clone(&stage);
    let server = FastMcp::new("stage")
        .docket(fastmcp::docket::Docket::memory("stage"))
        .state(Desk("desk".to_owned()))
        .state(Library {
            store: Arc::new(Fixed),
        })
        .lifespan(|lifespan| async move {
            lifespan.serve(Arc::clone(&seen)).await;
            seen.diary.write("clean up");
            Ok(())
        });
    let (server, client) = start(server).await;
    call(&client, "count", Value::Null).await;
    stage.diary.read();
    server.shutdown().await.unwrap();
    assert_eq!(
        stage.diary.read(),
        ["close cache of pool", "close pool", "clean up"]
    );
}

#[tokio::test]
async fn a_provider_failure_names_the_provider_and_is_not_cached() {
    let (stage, server) = stage();
    stage.failures.store(1, Ordering::Relaxed);
    let (_server, client) = start(server).await;
    let (text, is_error) = call(&client, "count", Value::Null).await;
    assert!(is_error);
    assert_eq!(
        text,
        "tool `count`: parameter `cache` of type `Arc<str>` could not be provided: \
         provider `cache`: parameter `pool`: provider `pool`: cannot open: the database is down"
    );
    assert_eq!(
        call(&client, "count", Value::Null).await,
        ("cache of pool, pool".into(), false)
    );
}

#[tokio::test]
async fn masking_hides_provider_failures_but_not_tool_errors() {
    let (stage, server) = stage();
    stage.failures.store(1, Ordering::Relaxed);
    let (_server, client) = start(server.mask_error_details(true)).await;
    assert_eq!(
        call(&client, "count", Value::Null).await,
        ("tool `count` failed".into(), true)
    );
    assert_eq!(
        call(&client, "greet", Value::Null).await,
        ("sign in first".into(), true)
    );
}

#[tokio::test]
async fn a_failing_teardown_turns_a_success_into_an_error() {
    let (_stage, server) = stage();
    let (_server, client) = start(server).await;
    assert_eq!(
        call(&client, "write_down", Value::Null).await,
        (
            "tool `write_down`: teardown of provider `breaks_late` failed: the commit was \
             refused"
                .into(),
            true
        )
    );
}

#[tokio::test]
async fn a_provider_that_never_provides_is_named() {
    let (_stage, server) = stage();
    let (_server, client) = start(server).await;
    let (text, is_error) = call(&client, "forgotten", Value::Null).await;
    assert!(is_error);
    assert!(
        text.ends_with(
            "provider `forgets`: the function returned without calling `Scope::provide`"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_test_can_override_a_provider() {
    let (stage, server) = stage();
    let server = server
        .override_dependency::<connection>(|| Ok(Connection("fake".into())))
        .override_dependency::<user>(|| Ok("Ada".into()))
        .override_dependency::<pool>(|| Err(fastmcp::Error::msg("no pool today")));
    let (_server, client) = start(server).await;
    assert_eq!(
        call(&client, "work", json!({ "how": "well" })).await,
        ("7 fake db:5432".into(), false)
    );
    assert_eq!(
        stage.diary.read(),
        ["begin on fake", "address", "body", "end of 7 on fake"]
    );
    assert_eq!(
        call(&client, "greet", Value::Null).await,
        ("Hello, Ada".into(), false)
    );
    let (text, _) = call(&client, "count", Value::Null).await;
    assert!(text.ends_with("provider `pool`: no pool today"), "{text}");
}

#[tokio::test]
async fn provided_values_are_not_in_schemas_and_clients_cannot_set_them() {
    let (stage, server) = stage();
    let (_server, client) = start(server).await;
    let tools = client.list_tools().await.unwrap();
    let work = tools.iter().find(|tool| tool.name == "work").unwrap();
    let properties = work.input_schema["properties"].as_object().unwrap();
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["how"]);
    let arguments = json!({ "how": "well", "transaction": 8 });
    assert_eq!(
        call(&client, "work", arguments).await,
        (
            "transaction: provided by the server; clients cannot send it".into(),
            true
        )
    );
    assert_eq!(stage.diary.read(), Vec::<String>::new());
}

#[tokio::test]
async fn a_provider_can_be_called_as_a_function() {
    let stage = Arc::new(Stage::default());
    assert_eq!(address(State::new(Arc::clone(&stage))), "db:5432");
    connection("here", State::new(Arc::clone(&stage)), Scope::immediate())
        .await
        .unwrap();
    assert_eq!(
        stage.diary.read(),
        ["address", "connect", "disconnect here well"]
    );
}

#[tokio::test]
async fn the_implementation_of_a_state_is_chosen_at_start_up() {
    let stores: [(AnyStore, u32, &str); 3] = [
        (Arc::new(Fixed), 1, "first"),
        (Arc::new(vec!["zero".to_owned()]), 0, "zero"),
        (Arc::new(Upper(Upper(Fixed))), 1, "FIRST"),
    ];
    for (store, number, expected) in stores {
        let server = FastMcp::new("stores")
            .select(fastmcp::Selection::name("title") | fastmcp::Selection::name("method_title"))
            .docket(None)
            .state(Arc::clone(&store))
            .state(Library { store });
        let (_server, client) = start(server).await;
        for tool in ["title", "method_title"] {
            let found = call(&client, tool, json!({ "number": number })).await;
            assert_eq!(found, (json!(expected).to_string(), false), "{tool}");
        }
    }
}

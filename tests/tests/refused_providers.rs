//! The start errors for providers that could never run.
//!
//! Every server in this file has all handlers. Overriding a provider removes its error, so that the
//! start reports the next one.

use fastmcp::dependencies::{Dependency, Injector, Needs};
use fastmcp::prelude::*;
use fastmcp::{FastMcp, StartError};

#[dependency]
fn chicken(#[depends(egg)] egg: u8) -> u8 {
    egg
}

#[dependency]
fn egg(#[depends(nest)] nest: u8) -> u8 {
    nest
}

#[dependency]
fn nest(#[depends(chicken)] chicken: u8) -> u8 {
    chicken
}

#[tool]
fn a_cycle(#[depends(egg)] egg: u8) -> u8 {
    egg
}

struct Settings;

#[dependency]
fn database(settings: State<Settings>) -> u16 {
    let _ = settings;
    7
}

#[dependency]
fn repository(#[depends(database)] database: u16) -> u16 {
    database
}

#[tool]
fn b_nested(#[depends(repository)] repository: u16) -> u16 {
    repository
}

/// Requires the request in `needs`, where the compiler cannot see it.
struct Caller;

impl Dependency for Caller {
    fn needs(needs: &mut Needs) {
        needs.of::<Context>();
    }

    async fn resolve(injector: &Injector) -> Result<Self> {
        injector.get::<Context>().await.map(|_| Self)
    }
}

#[dependency(shared)]
fn greeting(caller: Caller) -> u32 {
    let _ = caller;
    7
}

#[tool]
fn c_shared(#[depends(greeting)] greeting: u32) -> u32 {
    greeting
}

async fn refused(server: FastMcp) -> String {
    match server.start().await {
        // The first is the one that a test is about.
        Err(StartError::Several(errors)) => without_lines(&errors[0].to_string()),
        Err(error @ StartError::UnmetDependency(_)) => without_lines(&error.to_string()),
        other => panic!("{other:?}"),
    }
}

/// Replaces every `file:line` by `here`, because line numbers change.
fn without_lines(text: &str) -> String {
    let mut parts = text.split("refused_providers.rs:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("here");
        out.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    out.replace("tests/tests/", "")
}

#[tokio::test]
async fn a_cycle_is_refused_with_its_links() {
    assert_eq!(
        refused(FastMcp::new("test").state(Settings)).await,
        "tool `a_cycle` (here): parameter `egg` of type `u8`: providers depend on each other in \
         a cycle: `egg` (here) -> `nest` (here) -> `chicken` (here) -> `egg` (here)"
    );
}

#[tokio::test]
async fn an_unmet_need_is_refused_with_the_path_to_it() {
    let server = FastMcp::new("test").override_dependency::<nest>(|| Ok(7));
    assert_eq!(
        refused(server).await,
        "tool `b_nested` (here): parameter `repository` of type `u16`: provider `repository` \
         (here), parameter `database`: provider `database` (here), parameter `settings`: the \
         server has no state of type `Settings`: add it with \
         `FastMcp::state(…)`, or serve it from the lifespan"
    );
}

#[tokio::test]
async fn a_shared_provider_cannot_take_a_value_of_one_call() {
    let server = FastMcp::new("test")
        .state(Settings)
        .override_dependency::<nest>(|| Ok(7));
    assert_eq!(
        refused(server).await,
        "tool `c_shared` (here): parameter `greeting` of type `u32`: provider `greeting` (here), \
         parameter `caller`: the value exists only during one call, but provider `greeting` is \
         shared and lives as long as the server; remove `shared` from it"
    );
}

#[tokio::test]
async fn an_overridden_provider_needs_nothing() {
    let server = FastMcp::new("test")
        .override_dependency::<nest>(|| Ok(7))
        .override_dependency::<database>(|| Ok(7))
        .override_dependency::<greeting>(|| Ok(7));
    server.start().await.unwrap().shutdown().await.unwrap();
}

#[tokio::test]
async fn unmet_needs_are_reported_with_the_other_problems_of_a_start() {
    let server = FastMcp::new("test")
        .override_dependency::<nest>(|| Ok(7))
        .task_headers(["not a header"])
        // The start ends before it.
        .lifespan(|_| async { panic!("the lifespan runs user code") });
    let text = server.start().await.unwrap_err().to_string();
    assert!(text.contains("`not a header` is not the name"), "{text}");
    assert!(text.contains("tool `c_shared`"), "{text}");
}

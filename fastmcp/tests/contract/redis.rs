//! Runs the contract against the Redis backend: in real time, with one server and one docket per test.

use fastmcp::docket::DocketBuilder;

use crate::stage::Stage;

#[path = "../support/redis.rs"]
mod server;

/// Returns `None` if Redis is not installed; the server module has already printed a message.
pub(crate) fn stage() -> Option<Stage> {
    server::shared()?;
    let stage = Stage::new(|builder: DocketBuilder| {
        let server = server::shared().expect("the server runs");
        builder.url(&server.url()).expect("the URL is valid")
    });
    Some(stage.real_time())
}

crate::suite::contract!(match crate::redis::stage() {
    Some(stage) => stage,
    None => return,
},);

//! The contract on the Redis backend, in real time. Each test has its own docket; all share one server.

use fastmcp::docket::DocketBuilder;

use crate::stage::Stage;

#[path = "../support/redis.rs"]
mod server;

/// Returns `None` if Redis is not installed, after it has printed a message.
pub(crate) fn stage() -> Option<Stage> {
    server::shared()?;
    Some(Stage::new(|builder: DocketBuilder| {
        let server = server::shared().expect("it runs");
        builder.url(&server.url()).expect("a URL")
    }))
}

crate::suite::contract!(match crate::redis::stage() {
    Some(stage) => stage,
    None => return,
},);

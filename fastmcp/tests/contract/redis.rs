//! The contract, kept in Redis: in real time, each test on a docket of its own, all on one server.

use fastmcp::docket::DocketBuilder;

use crate::stage::Stage;

#[path = "../support/redis.rs"]
mod server;

/// `None` where Redis is not installed; that was told then.
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

use fastmcp::events::Events;
use fastmcp::prelude::*;

fn build_finished(ok: bool) -> bool {
    ok
}

#[tool]
fn finish_build(events: Events) {
    let _emit = events.emit(build_finished);
}

fn main() {}

//! The type of a parameter decides its role; its spelling and the names in scope do not.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub)]

use fastmcp::dependencies::Docket as Queue;

type Jobs = Option<Queue>;

mod std {}
mod serde {}
mod core {}
mod fastmcp_macros {}

/// A user type, which is an ordinary argument.
#[fastmcp::data]
pub struct Context {
    /// The location.
    pub place: String,
}

#[allow(non_camel_case_types)]
mod clock {
    /// A module and a parameter with the same name.
    #[fastmcp::data]
    pub(crate) struct clock {
        pub(crate) hour: u8,
    }
}

#[fastmcp::tool]
async fn call(body: Context, jobs: &Jobs, queue: Queue, clock: clock::clock) -> String {
    format!(
        "{}{}{}{}",
        body.place,
        jobs.is_some(),
        queue.name(),
        clock.hour
    )
}

#[fastmcp::tool]
async fn body(r#type: Option<String>, call: &str, injector: u8, value: Vec<u8>) -> usize {
    r#type.map_or(0, |it| it.len()) + call.len() + usize::from(injector) + value.len()
}

#[fastmcp::task]
async fn source(source: String, mut returned: u32, jobs: Jobs) -> Option<String> {
    returned += 1;
    jobs.map(|jobs| format!("{source}{returned}{}", jobs.name()))
}

fn main() {
    let _ = (call, body, source);
}

use fastmcp::Principal;
use fastmcp::prelude::*;

#[task]
async fn publish(report: String, principal: Principal) -> String {
    format!("{report} by {}", principal.subject())
}

fn main() {}

//! Handlers and parameters that are there only sometimes.
use fastmcp::prelude::*;

#[tool]
#[cfg(any())]
async fn never(missing: Missing) -> Missing {
    missing
}

#[cfg(any())]
#[task]
async fn never_either(missing: Missing) -> Missing {
    missing
}

#[tool]
#[cfg(all())]
async fn always(text: String, #[cfg(any())] missing: Missing) -> String {
    text
}

fn main() {
    let _ = always("text".to_owned());
}

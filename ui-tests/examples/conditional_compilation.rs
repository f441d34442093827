//! Handlers and parameters under `#[cfg]`.
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

#[dependency]
#[cfg(any())]
fn never_provided() -> Missing {
    Missing
}

#[completion]
#[cfg(any())]
fn never_completed(value: &str) -> Missing {
    Missing
}

#[tool]
#[cfg(all())]
async fn always(text: String, #[cfg(any())] missing: Missing) -> String {
    text
}

#[tool]
async fn limited(
    #[cfg_attr(all(), arg(min = 1), doc = "How many")] count: u32,
    #[cfg_attr(any(), arg(nonsense), depends(nothing))] text: String,
) -> String {
    text.repeat(count as usize)
}

struct Server;

#[tools]
impl Server {
    #[tool]
    async fn method(
        &self,
        #[cfg(any())] missing: Missing,
        #[cfg_attr(all(), arg(max = 9))] count: u32,
    ) -> u32 {
        count
    }

    #[task]
    async fn work(&self, #[cfg(all())] count: u32, #[cfg(any())] missing: Missing) -> u32 {
        count
    }
}

fn main() {
    let _ = limited(1, "text".to_owned());
    let _ = Server.method(3);
    let _ = Server.work(3);
    let _ = always("text".to_owned());
}

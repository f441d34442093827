//! The server of this library, shared by `ours` and `ours_100`.

use fastmcp::HttpOptions;
use fastmcp::prelude::*;

/// Adds two numbers.
#[tool]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Returns the length of a text and the sum of numbers.
#[tool]
async fn measure(text: String, values: Vec<i64>) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX) + values.iter().sum::<i64>()
}

#[tokio::main]
pub(crate) async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let mode = arguments.get(1).map_or("stdio", String::as_str);
    let address = arguments.get(2).map_or("127.0.0.1:0", String::as_str);
    let options = HttpOptions::new();
    let options = match mode {
        "stdio" => return Ok(FastMcp::new("calls").run().await?),
        "json" => options.stateless(),
        "events" => options.stateless().json_answers(false),
        _ => options.max_sessions(20_000),
    };
    let server = FastMcp::new("calls").http(options);
    Ok(server.run_http(address).await?)
}

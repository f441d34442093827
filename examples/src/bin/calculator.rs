//! How does the smallest server look, with an error and a limit?
//!
//! ```text
//! calculator        serves standard input and output
//! ```

use fastmcp::prelude::*;

/// Adds two numbers.
#[tool]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Divides two numbers.
#[tool]
fn divide(a: f64, b: f64) -> Result<f64> {
    if b == 0.0 {
        // The model reads this message, and can mend its call.
        return Err(ToolError::new("`b` must not be zero").into());
    }
    Ok(a / b)
}

/// Returns the first prime numbers.
#[tool]
fn primes(
    /// How many
    #[arg(range = 1..=1000, default = 10)]
    count: usize,
) -> Vec<u32> {
    let is_prime = |number: &u32| (2..*number).all(|it| !number.is_multiple_of(it));
    (2..).filter(is_prime).take(count).collect()
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("calculator").run().await?)
}

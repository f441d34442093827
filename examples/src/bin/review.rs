//! How do I offer prompts, with messages and suggested arguments?
//!
//! ```text
//! review        serves standard input and output
//! ```

use fastmcp::mcp::Role;
use fastmcp::prelude::*;

/// The depth of a review.
#[fastmcp::data]
enum Depth {
    /// Only faults
    Faults,
    /// Faults, names and structure
    Everything,
}

/// Reviews source code.
#[prompt(title = "Review", tags("code"))]
fn review(
    /// The programming language
    #[arg(complete = languages)]
    language: String,
    /// The source code
    code: String,
    /// Clients get suggestions for a choice without a function
    depth: Option<Depth>,
) -> Vec<(Role, String)> {
    let task = match depth {
        None | Some(Depth::Faults) => "Name the faults, worst first, and nothing else.",
        Some(Depth::Everything) => "Name the faults, odd names and weak structure, worst first.",
    };
    vec![
        (
            Role::User,
            format!("Review this {language} code. {task}\n\n{code}"),
        ),
        (Role::Assistant, "The worst fault first:".into()),
    ]
}

/// Suggests programming languages.
#[completion]
fn languages(value: &str) -> Vec<&'static str> {
    let all = ["C", "Go", "Python", "Ruby", "Rust", "TypeScript"];
    let value = value.to_lowercase();
    all.into_iter()
        .filter(|it| it.to_lowercase().starts_with(&value))
        .collect()
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("review").run().await?)
}

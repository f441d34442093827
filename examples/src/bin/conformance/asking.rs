//! Tools that ask the client or its user. Before revision 2026-07-28 they ask on the connection and
//! wait for the answer; since then, they use multi round-trip requests. The code is the same.

use fastmcp::prelude::*;
use fastmcp::{Elicited, InputError, InputKind};

/// Asks the client's model.
#[tool]
async fn test_sampling(
    /** What to ask */
    prompt: String,
    ctx: Context,
) -> Result<String> {
    let answer = ctx.sample(prompt).max_tokens(100).await?;
    Ok(format!("LLM response: {}", answer.text()))
}

#[fastmcp::data]
struct User {
    /// Your preferred name
    username: String,
    /// Your email address
    email: String,
}

/// Asks the user.
#[tool]
async fn test_elicitation(
    /** What to ask */
    message: String,
    ctx: Context,
) -> Result<String> {
    let answer = ctx.elicit::<User>(message).response().await?;
    Ok(format!("User response: {}", shown(answer)))
}

#[fastmcp::data]
#[derive(Default)]
enum Status {
    #[default]
    #[serde(rename = "active")]
    Active,
    #[serde(rename = "inactive")]
    Inactive,
    #[serde(rename = "pending")]
    Pending,
}

/// A form that is filled in already.
#[fastmcp::data]
#[serde(default)]
struct Profile {
    name: String,
    age: u8,
    score: f64,
    status: Status,
    verified: bool,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: "John Doe".into(),
            age: 30,
            score: 95.5,
            status: Status::Active,
            verified: true,
        }
    }
}

/// Asks the user with a form that has default values.
#[tool]
async fn test_elicitation_sep1034_defaults(ctx: Context) -> Result<String> {
    let answer = ctx.elicit::<Profile>("Is this right?").response().await?;
    Ok(format!("Elicitation completed: {}", shown(answer)))
}

#[fastmcp::data]
#[serde(rename_all = "lowercase")]
enum Plain {
    Option1,
    Option2,
    Option3,
}

#[fastmcp::data]
#[serde(rename_all = "lowercase")]
enum Titled {
    #[schemars(title = "First Option")]
    Value1,
    #[schemars(title = "Second Option")]
    Value2,
    #[schemars(title = "Third Option")]
    Value3,
}

/// A choice with titles in the older format.
#[fastmcp::data]
#[serde(rename_all = "lowercase")]
#[schemars(extend("enumNames" = ["Option One", "Option Two", "Option Three"]))]
enum Legacy {
    Opt1,
    Opt2,
    Opt3,
}

/// Every kind of choice.
#[fastmcp::data]
#[serde(rename_all = "camelCase")]
struct Choices {
    untitled_single: Plain,
    titled_single: Titled,
    legacy_enum: Legacy,
    untitled_multi: Vec<Plain>,
    titled_multi: Vec<Titled>,
}

/// Asks the user to choose.
#[tool]
async fn test_elicitation_sep1330_enums(ctx: Context) -> Result<String> {
    let answer = ctx.elicit::<Choices>("Choose.").response().await?;
    Ok(format!("Elicitation completed: {}", shown(answer)))
}

fn shown(answer: Elicited<impl fastmcp::serde::Serialize>) -> String {
    match answer {
        Elicited::Accepted(content) => {
            let content = fastmcp::serde_json::json!(content);
            format!("action=accept, content={content}")
        }
        Elicited::Declined => "action=decline, content={}".into(),
        Elicited::Cancelled => "action=cancel, content={}".into(),
    }
}

/// Asks the user on a stream that must not carry requests.
#[tool]
async fn test_streaming_elicitation(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("What is your name?").await?;
    Ok(format!("Hello, {name}!"))
}

/// Requires a client that supports sampling.
#[tool]
async fn test_missing_capability(ctx: Context) -> Result<&'static str> {
    if !ctx.can_ask_for(InputKind::Sampling) {
        return Err(InputError::Unsupported(InputKind::Sampling).into());
    }
    Ok("Your model can be asked.")
}

/// Closes its stream; the client resumes it for the result.
#[tool]
async fn test_reconnection(ctx: Context) -> &'static str {
    ctx.close_sse_stream();
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    "Reconnected."
}

//! Asks the user for arguments that the client omitted (`#[arg(ask = "…")]`).

use futures_util::future::join_all;
use serde_json::{Map, Value};

use crate::call::schema;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::component::tool::ToolEntry;
use crate::context::input::InputKind;
use crate::context::request::Context;

/// Asks the user for the missing arguments with a question, and adds the answers. If the client cannot be
/// asked, these arguments stay missing and are reported like all others.
///
/// The inner `Err` is the result of the call if the user refuses or an answer is invalid.
pub(crate) async fn ask_for_missing(
    tool: &'static ToolEntry,
    mut arguments: Map<String, Value>,
    context: &Context,
) -> Result<Result<Map<String, Value>, ToolResult>, RequestError> {
    let parameters = tool.entry.parameters;
    let missing: Vec<_> = parameters
        .iter()
        .filter_map(|it| Some((it.name, it.ask?)))
        // Strict forms make such an argument nullable, and send `null` for none.
        .filter(|(name, _)| arguments.get(*name).is_none_or(Value::is_null))
        .collect();
    if missing.is_empty() || !context.can_ask_for(InputKind::Form) {
        return Ok(Ok(arguments));
    }
    let ask = async |(name, message): (&'static str, &'static str)| {
        // Start-up validation rejects a type that has no form, so the default is never used.
        let parameters: Vec<_> = parameters.iter().collect();
        let form = schema::form(&parameters, name).unwrap_or_default();
        (name, context.ask_for_field(name, message, form).await)
    };
    let answers = match context.answer_log() {
        // All questions go into one response, so the client needs only one more round trip.
        Some(answer_log) => {
            let asking = answer_log.drive(join_all(missing.into_iter().map(ask)));
            asking.await.ok_or(RequestError::Suspended)?
        }
        // In a session, the request stays open, and the user is asked one question after the other.
        None => {
            let mut answers = Vec::new();
            for question in missing {
                answers.push(ask(question).await);
            }
            answers
        }
    };
    for (name, answer) in answers {
        match answer {
            // The user left an optional field empty.
            Ok(Value::Null) => {}
            Ok(value) => drop(arguments.insert(name.to_owned(), value)),
            Err(error) => {
                let text = format!("argument `{name}`: {error}");
                return Ok(Err(ToolResult::error(text)));
            }
        }
    }
    Ok(Ok(arguments))
}

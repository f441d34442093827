//! Answers the questions of servers in the terminal.

use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::cli::arguments::ArgumentSchema;
use crate::cli::bar::Bar;
use crate::cli::safe_text;
use crate::cli::terminal::{Screen, Style, note};
use crate::client::{ClientBuilder, Elicitation};
use crate::context::elicit::Elicited;

/// Returns whether a person can answer questions.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Answers the questions of a server by asking the user. `bar` is hidden meanwhile.
pub(crate) fn ask_in_terminal(builder: ClientBuilder, bar: Arc<Bar>) -> ClientBuilder {
    // A server may ask several questions at once.
    let one_at_a_time = Arc::new(Mutex::new(()));
    builder.on_elicitation(move |question| {
        let (bar, turn) = (Arc::clone(&bar), Arc::clone(&one_at_a_time));
        async move {
            let _turn = turn.lock().await;
            bar.hide();
            // Reading a line blocks its thread.
            let asked = tokio::task::spawn_blocking(move || answer(&question));
            let answer = asked.await.unwrap_or(Elicited::Cancelled);
            bar.resume();
            answer
        }
    })
}

/// The reply of the user to one prompt.
enum Reply {
    Text(String),
    /// The user declines the question.
    Decline,
    /// The input has ended.
    End,
}

/// Asks the user. The end of the input, Ctrl-D, cancels the question.
fn answer(question: &Elicitation) -> Elicited<Value> {
    let screen = Screen::stderr();
    let message = safe_text::lines(&question.message);
    note(&format!("{} {message}", screen.paint(Style::Warning, "?")));
    if let Some(url) = &question.url {
        note(&format!("  {}", safe_text::line(url)));
        return match read("  open this page, then press Enter; `!` declines: ") {
            Reply::Text(_) => Elicited::Accepted(Value::Null),
            Reply::Decline => Elicited::Declined,
            Reply::End => Elicited::Cancelled,
        };
    }
    let form = question.form.clone().unwrap_or_default();
    let Some(fields) = form["properties"].as_object().filter(|it| !it.is_empty()) else {
        return match read("  press Enter to confirm; `!` declines: ") {
            Reply::Text(_) => Elicited::Accepted(Value::Null),
            Reply::Decline => Elicited::Declined,
            Reply::End => Elicited::Cancelled,
        };
    };
    let mut answers = Map::new();
    for (name, field) in fields {
        let required = form["required"].as_array();
        let is_required = required.is_some_and(|it| it.iter().any(|it| it == name));
        match ask_field(name, field, is_required, fields.len() == 1) {
            Ok(Some(value)) => {
                answers.insert(name.clone(), value);
            }
            Ok(None) => {}
            Err(ended) => return ended,
        }
    }
    Elicited::Accepted(answers.into())
}

/// Asks for one field until the answer fits its schema. The error is the answer to the whole question.
fn ask_field(
    name: &str,
    field: &Value,
    is_required: bool,
    is_only: bool,
) -> Result<Option<Value>, Elicited<Value>> {
    let default = field.get("default").filter(|it| !it.is_null());
    let prompt = prompt(name, field, default, is_required, is_only);
    loop {
        let text = match read(&prompt) {
            Reply::Text(text) => text,
            Reply::Decline => return Err(Elicited::Declined),
            Reply::End => return Err(Elicited::Cancelled),
        };
        if text.is_empty() {
            match default {
                Some(default) => return Ok(Some(default.clone())),
                None if !is_required => return Ok(None),
                // An empty text is a text.
                None if field["type"] != "string" || !field["enum"].is_null() => {
                    note("  an answer is required; `!` declines the question");
                    continue;
                }
                None => {}
            }
        }
        let text = titled_value(field, &text).unwrap_or(text);
        match ArgumentSchema::new(field).convert(field, &text) {
            Ok(value) => return Ok(Some(value)),
            Err(expected) => note(&format!(
                "  `{}` is not {}",
                safe_text::line(&text),
                safe_text::line(&expected)
            )),
        }
    }
}

/// Returns the value whose title the user typed, or its number in the list.
fn titled_value(field: &Value, text: &str) -> Option<String> {
    let choices = choices(field);
    let number = text.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
    let is_value = choices.iter().any(|(value, _)| value == text);
    let by_number = || choices.get(number?).map(|(value, _)| value.clone());
    let by_title = || {
        let found = choices.iter().find(|(_, title)| title == text);
        found.map(|(value, _)| value.clone())
    };
    if is_value {
        return None;
    }
    by_title().or_else(by_number)
}

/// Returns the values of a list of choices, with their titles (MCP, "Elicitation", enum schemas).
fn choices(field: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if let Some(titled) = field["oneOf"].as_array() {
        let choices = titled
            .iter()
            .map(|it| (text(&it["const"]), text(&it["title"])));
        return choices.collect();
    }
    let values = field["enum"].as_array().into_iter().flatten();
    let titles = field["enumNames"].as_array();
    let choices = values.enumerate().map(|(index, value)| {
        let title = titles.and_then(|it| it.get(index)).unwrap_or(value);
        (text(value), text(title))
    });
    choices.collect()
}

fn prompt(
    name: &str,
    field: &Value,
    default: Option<&Value>,
    is_required: bool,
    is_only: bool,
) -> String {
    let text = |key: &str| field[key].as_str().map(safe_text::line);
    let label = text("title").or_else(|| text("description"));
    // The message of a question for one value names it already.
    let label = label.unwrap_or_else(|| {
        if is_only {
            String::new()
        } else {
            safe_text::line(name)
        }
    });
    let choices = choices(field);
    let hint = if !choices.is_empty() {
        let choices = choices.iter().enumerate();
        let choices =
            choices.map(|(index, (_, title))| format!("{}: {}", index + 1, safe_text::line(title)));
        choices.collect::<Vec<_>>().join(", ")
    } else if field["type"] == "boolean" {
        "yes or no".to_owned()
    } else {
        String::new()
    };
    let state = match default {
        Some(default) => format!("[{}]", safe_text::json_line(default).trim_matches('"')),
        None if !is_required => "(optional)".to_owned(),
        None => String::new(),
    };
    let hint = match hint.as_str() {
        "" => hint,
        hint => format!("({hint})"),
    };
    let parts = [label, hint, state].into_iter().filter(|it| !it.is_empty());
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "  > ".to_owned()
    } else {
        format!("  {}: ", parts.join(" "))
    }
}

fn read(prompt: &str) -> Reply {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{prompt}");
    let _ = err.flush();
    drop(err);
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(1..) => {}
        _ => {
            note("");
            return Reply::End;
        }
    }
    match line.trim() {
        "!" => Reply::Decline,
        text => Reply::Text(text.to_owned()),
    }
}

//! `check`: the errors and lints of a server that is not started.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::cli::commands::Check;
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::inspect::{lint_json, lint_text};
use crate::cli::safe_text;
use crate::cli::terminal::{Screen, Style, print};
use crate::server::builder::FastMcp;
use crate::server::describe::ServerDescription;
use crate::server::error::StartError;

pub(crate) fn run(server: FastMcp, options: &Check) -> CommandResult {
    let checked = ServerDescription::of(server.0);
    print(&if options.json {
        safe_text::json(&as_json(&checked)) + "\n"
    } else {
        as_text(&checked, &Screen::stdout())
    })?;
    match checked {
        Ok(server) if server.lints.is_empty() => Ok(()),
        _ => Err(Failure::shown()),
    }
}

type Checked = Result<ServerDescription, StartError>;

/// Returns the messages of the errors.
fn errors(error: &StartError) -> Vec<String> {
    match error {
        StartError::Several(errors) => errors.iter().flat_map(self::errors).collect(),
        error => vec![error.to_string()],
    }
}

fn as_json(checked: &Checked) -> Value {
    match checked {
        Ok(server) => {
            let lints: Vec<Value> = server.lints.iter().map(lint_json).collect();
            json!({ "ok": lints.is_empty(), "errors": [], "lints": lints })
        }
        Err(error) => json!({ "ok": false, "errors": errors(error), "lints": [] }),
    }
}

fn as_text(checked: &Checked, screen: &Screen) -> String {
    let mut text = String::new();
    let (problems, what) = match checked {
        Ok(server) => {
            for lint in &server.lints {
                text += &(lint_text(lint, screen) + "\n");
            }
            (server.lints.len(), "lint")
        }
        Err(error) => {
            let errors = errors(error);
            for error in &errors {
                let mark = screen.paint(Style::Bad, "error");
                let _ = writeln!(text, "{mark}: {}", safe_text::lines(error));
            }
            (errors.len(), "error")
        }
    };
    let sum = match (problems, checked) {
        (0, Ok(server)) => {
            let count = server.components.len();
            let sum = format!("no errors, no lints in {count} components");
            return text + &screen.paint(Style::Good, &sum) + "\n";
        }
        (1, _) => format!("1 {what}"),
        (problems, _) => format!("{problems} {what}s"),
    };
    let help = match checked {
        Ok(_) => {
            "; the guide `what_models_see` explains each, and `allow(\"…\")` in the attribute accepts one"
        }
        Err(_) => "",
    };
    text + &screen.paint(Style::Heading, &sum) + help + "\n"
}

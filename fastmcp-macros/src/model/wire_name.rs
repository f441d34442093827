//! The names of handlers and arguments on the wire.

use proc_macro2::Ident;
use syn::LitStr;
use syn::ext::IdentExt;

use crate::errors::Errors;
use crate::model::allow::Allow;
use crate::model::kind::HandlerKind;

/// The longest name that all hosts of models accept.
const MAX_NAME: usize = 64;
/// The longest name that the protocol recommends.
const MAX_PROTOCOL_NAME: usize = 128;

/// Returns the name on the wire: the option, or else the name of the function.
pub(super) fn of_handler(
    kind: HandlerKind,
    option: Option<&LitStr>,
    function: &Ident,
    allow: &Allow,
    errors: &mut Errors,
) -> String {
    let (name, span) = match option {
        Some(option) => (option.value(), option.span()),
        None => (function.unraw().to_string(), function.span()),
    };
    let problem = match kind {
        HandlerKind::Tool if allow.any_name() => of_protocol(&name, MAX_PROTOCOL_NAME),
        HandlerKind::Tool => of_hosts(&name, option.is_some()),
        // Names of functions are accepted, because no model reads them.
        _ if option.is_none() => None,
        _ => of_protocol(&name, MAX_NAME),
    };
    if let Some(problem) = problem {
        let handler = kind.with_article();
        errors.span(
            span,
            format!("`{name}` is not a valid name for {handler}: {problem}"),
        );
    }
    name
}

fn of_hosts(name: &str, is_option: bool) -> Option<String> {
    let fix = if is_option {
        "change it"
    } else {
        "set another with `name = \"…\"`"
    };
    (!is_legal(name, "_-", MAX_NAME)).then(|| {
        format!(
            "OpenAI, Anthropic and Gemini refuse all tools of a server if one has a name other than \
             1 to {MAX_NAME} ASCII letters, digits, `_` or `-`; {fix}, or write \
             `allow(\"tool-name\")` if no client of this server uses such a host"
        )
    })
}

fn of_protocol(name: &str, max: usize) -> Option<String> {
    (!is_legal(name, "_-./", max))
        .then(|| format!("use 1 to {max} ASCII letters, digits, `_`, `-`, `.` or `/`"))
}

fn is_legal(name: &str, marks: &str, max: usize) -> bool {
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || marks.contains(letter);
    (1..=max).contains(&name.len()) && name.chars().all(is_legal)
}

/// Returns the problem with the name of a tool's argument.
pub(super) fn of_argument(name: &str, kind: HandlerKind) -> Option<String> {
    let is_refused = kind == HandlerKind::Tool && !is_legal(name, "_.-", MAX_NAME);
    is_refused.then(|| {
        format!(
            "`{name}` is not a valid name for an argument: Anthropic and Gemini refuse all tools of \
             a server if one has an argument with a name other than 1 to {MAX_NAME} ASCII letters, \
             digits, `_`, `.` or `-`; set another with `#[arg(rename = \"…\")]`"
        )
    })
}

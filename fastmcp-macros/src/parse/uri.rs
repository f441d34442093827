//! Parses URI templates at compile time.
//!
//! The table of forms is in `fastmcp/src/component/uri.rs`, which matches URIs against the parts.

use std::fmt;

use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::Parser;

use crate::parse::uri_text::{authority_end, lower_scheme, normal};

/// One part of a URI template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Segment(String),
    Rest(String),
    Query(Vec<String>),
}

impl Part {
    /// Returns the variables of this part.
    pub(crate) fn variables(&self) -> &[String] {
        match self {
            Self::Literal(_) => &[],
            Self::Segment(name) | Self::Rest(name) => std::slice::from_ref(name),
            Self::Query(names) => names,
        }
    }
}

/// Writes the part as in a template.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) => f.write_str(text),
            Self::Segment(name) => write!(f, "{{{name}}}"),
            Self::Rest(name) => write!(f, "{{{name}*}}"),
            Self::Query(names) => write!(f, "{{?{}}}", names.join(",")),
        }
    }
}

/// Parses the template. The literal parts are in the normal form.
pub(crate) fn parse(uri: &LitStr) -> syn::Result<Vec<Part>> {
    let refuse = |message: String| Err(syn::Error::new(uri.span(), message));
    let text = uri.value();
    if !has_scheme(&text) {
        return refuse(format!(
            "the URI of a resource needs a scheme: write `data://{}`",
            text.trim_start_matches('/')
        ));
    }

    let authority_end = authority_end(&text);
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if matches!(parts.last(), Some(Part::Query(_))) {
            return refuse(
                "query variables must be at the end of the URI: move `{?…}` there".into(),
            );
        }
        let open = rest.find(['{', '}']).unwrap_or(rest.len());
        if open > 0 {
            let start = text.len() - rest.len();
            match normal(&rest[..open], authority_end.saturating_sub(start)) {
                Ok(literal) if start == 0 => parts.push(Part::Literal(lower_scheme(&literal))),
                Ok(literal) => parts.push(Part::Literal(literal)),
                Err(message) => return refuse(message),
            }
        }
        if open == rest.len() {
            break;
        }
        let close = rest[open..].find('}').map(|close| open + close);
        let (Some(close), true) = (close, rest[open..].starts_with('{')) else {
            return refuse("unmatched brace in the URI: variables are written `{name}`".into());
        };
        let part = match variable(&rest[open + 1..close]) {
            Ok(part) => part,
            Err(message) => return refuse(message),
        };
        let follows_variable = matches!(parts.last(), Some(Part::Segment(_) | Part::Rest(_)));
        if follows_variable && !matches!(part, Part::Query(_)) {
            return refuse(
                "adjacent URI variables are ambiguous: put text between them, such as `/`".into(),
            );
        }
        for name in part.variables() {
            if parts.iter().any(|part| part.variables().contains(name)) {
                return refuse(format!(
                    "URI variable `{{{name}}}` appears twice: remove or rename one"
                ));
            }
        }
        parts.push(part);
        rest = &rest[close + 1..];
    }
    if let Some(segment) = dot_segment(&parts) {
        return refuse(format!(
            "the URI of a resource cannot have the path segment `{segment}`, because clients resolve \
             it before they send the URI: remove it"
        ));
    }
    Ok(parts)
}

/// Returns a segment of the path that is `.` or `..`.
fn dot_segment(parts: &[Part]) -> Option<String> {
    let text: String = parts.iter().map(ToString::to_string).collect();
    let path = &text[authority_end(&text)..];
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').skip(1);
    segments
        .find(|segment| matches!(*segment, "." | ".."))
        .map(ToOwned::to_owned)
}

/// Parses the text between two braces.
fn variable(text: &str) -> Result<Part, String> {
    let name = |name: &str| {
        // A keyword is allowed: the parameter is then `r#type`.
        let is_name = syn::Ident::parse_any.parse_str(name).is_ok();
        if is_name {
            Ok(name.to_owned())
        } else {
            Err(format!(
                "`{{{text}}}` is not a URI variable: write `{{name}}`, `{{name*}}` or `{{?a,b}}` with \
                 names of parameters"
            ))
        }
    };
    if let Some(names) = text.strip_prefix('?') {
        return names
            .split(',')
            .map(|variable| name(variable.trim()))
            .collect::<Result<_, _>>()
            .map(Part::Query);
    }
    match text.strip_suffix('*') {
        Some(rest) => name(rest).map(Part::Rest),
        None => name(text).map(Part::Segment),
    }
}

fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    fn check(text: &str) -> Result<Vec<Part>, String> {
        parse(&LitStr::new(text, Span::call_site())).map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_of_variable_is_parsed() {
        let part = |text: &str| text.to_owned();
        assert_eq!(
            check("a://{b}/{c*}.txt{?d,e}"),
            Ok(vec![
                Part::Literal(part("a://")),
                Part::Segment(part("b")),
                Part::Literal(part("/")),
                Part::Rest(part("c")),
                Part::Literal(part(".txt")),
                Part::Query(vec![part("d"), part("e")]),
            ])
        );
    }

    #[test]
    fn the_text_is_converted_to_the_normal_form() {
        for (uri, expected) in [
            ("file:///docs/café/{name}", "file:///docs/caf%C3%A9/{name}"),
            ("FILE:///a%c3%a9%7e%2f", "file:///a%C3%A9~%2F"),
            (
                "a://日本/{b*}.txt{?c, d}",
                "a://%E6%97%A5%E6%9C%AC/{b*}.txt{?c,d}",
            ),
            ("http://[::1]:80/x?y=1#z", "http://[::1]:80/x?y=1#z"),
            (
                "a://App/..b/.c/d../{e}?f=/../",
                "a://App/..b/.c/d../{e}?f=/../",
            ),
            ("urn:isbn:{number}", "urn:isbn:{number}"),
        ] {
            let parts = check(uri).expect(uri);
            let text: String = parts.iter().map(ToString::to_string).collect();
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn invalid_templates_are_refused() {
        for (uri, expected) in [
            ("users/{id}", "scheme"),
            ("a://{b", "unmatched brace"),
            ("a://b}", "unmatched brace"),
            ("a://{}", "not a URI variable"),
            ("a://{b c}", "not a URI variable"),
            ("a://{b}{c}", "adjacent"),
            ("a://{b}/{b}", "twice"),
            ("a://{?b}/c", "at the end"),
            ("a://b c", "cannot contain a space: write `%20`"),
            ("a://b/<{c}>", "cannot contain `<`: write `%3C`"),
            ("a://b/c\\d", "cannot contain `\\`: write `%5C`"),
            ("a://b/[c]", "cannot contain `[`: write `%5B`"),
            ("a://b\tc", "cannot contain '\\t': write `%09`"),
            ("a://100%", "write `%25`"),
            ("a://b%2/{c}", "write `%25`"),
            ("a://b%+1", "write `%25`"),
            ("a://b/../c", "path segment `..`"),
            ("a://{b}/.", "path segment `.`"),
            ("a://b/%2e%2E/{c}", "path segment `..`"),
        ] {
            let error = check(uri).expect_err(uri);
            assert!(error.contains(expected), "{uri}: {error}");
        }
    }
}

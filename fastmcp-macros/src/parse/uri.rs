//! A URI template, taken apart at compile time.
//!
//! The forms are in the table of `fastmcp::component::uri`, which matches URIs against the parts.

use syn::LitStr;
use syn::ext::IdentExt;
use syn::parse::Parser;

/// One part of a URI template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Segment(String),
    Rest(String),
    Query(Vec<String>),
}

impl Part {
    /// The variables that it names.
    pub(crate) fn variables(&self) -> &[String] {
        match self {
            Self::Literal(_) => &[],
            Self::Segment(name) | Self::Rest(name) => std::slice::from_ref(name),
            Self::Query(names) => names,
        }
    }
}

/// Takes the template apart, or says what is wrong with it.
pub(crate) fn parse(uri: &LitStr) -> syn::Result<Vec<Part>> {
    let refuse = |message: String| Err(syn::Error::new(uri.span(), message));
    let text = uri.value();
    if !has_scheme(&text) {
        return refuse(format!(
            "a resource's URI starts with a scheme, such as `data://{}`",
            text.trim_start_matches('/')
        ));
    }

    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if matches!(parts.last(), Some(Part::Query(_))) {
            return refuse("the query variables `{?…}` come last in the URI".into());
        }
        let Some(open) = rest.find(['{', '}']) else {
            parts.push(Part::Literal(rest.to_owned()));
            break;
        };
        if open > 0 {
            parts.push(Part::Literal(rest[..open].to_owned()));
        }
        let close = rest[open..].find('}').map(|close| open + close);
        let (Some(close), true) = (close, rest[open..].starts_with('{')) else {
            return refuse("this URI has a brace without its partner".into());
        };
        let part = match variable(&rest[open + 1..close]) {
            Ok(part) => part,
            Err(message) => return refuse(message),
        };
        let follows_variable = matches!(parts.last(), Some(Part::Segment(_) | Part::Rest(_)));
        if follows_variable && !matches!(part, Part::Query(_)) {
            return refuse("two URI variables need a text between them, such as a `/`".into());
        }
        for name in part.variables() {
            if parts.iter().any(|part| part.variables().contains(name)) {
                return refuse(format!("URI variable `{{{name}}}` stands twice in the URI"));
            }
        }
        parts.push(part);
        rest = &rest[close + 1..];
    }
    Ok(parts)
}

/// What stands between two braces.
fn variable(text: &str) -> Result<Part, String> {
    let name = |name: &str| {
        // A keyword is one too: the parameter is then `r#type`.
        let is_name = syn::Ident::parse_any.parse_str(name).is_ok();
        if is_name {
            Ok(name.to_owned())
        } else {
            Err(format!(
                "`{{{text}}}` is not a URI variable: write `{{name}}`, `{{name*}}` or `{{?a,b}}`, \
                 with the names of parameters"
            ))
        }
    };
    if let Some(names) = text.strip_prefix('?') {
        return names
            .split(',')
            .map(|one| name(one.trim()))
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
    fn every_form_of_variable() {
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
    fn what_is_wrong_is_said() {
        for (uri, word) in [
            ("users/{id}", "scheme"),
            ("a://{b", "partner"),
            ("a://b}", "partner"),
            ("a://{}", "not a URI variable"),
            ("a://{b c}", "not a URI variable"),
            ("a://{b}{c}", "between"),
            ("a://{b}/{b}", "twice"),
            ("a://{?b}/c", "last"),
        ] {
            let error = check(uri).expect_err(uri);
            assert!(error.contains(word), "{uri}: {error}");
        }
    }
}

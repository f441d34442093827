//! Matches URIs against URI templates.
//!
//! The macro parses the template into parts, so that mistakes in it are compile errors:
//!
//! | template | part | matches |
//! |---|---|---|
//! | `users://` | `Literal` | the same text |
//! | `{id}` | `Segment` | at least one character up to the next literal, without `/`, `?` and `#` |
//! | `{path*}` | `Rest` | at least one character up to the last occurrence of the next literal, including slashes |
//! | `{?from,to}` | `Query` | an optional query at the end, with any of these names in any order |
//!
//! The matcher does not backtrack, so a client cannot send a URI that takes long to match.

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::normal_uri::{NormalUri, template_key};

/// A part of a URI template.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Fixed text, in the [normal form](NormalUri).
    Literal(&'static str),
    /// A variable that matches one path segment.
    Segment(&'static str),
    /// A variable that matches several path segments.
    Rest(&'static str),
    /// Variables in the query string.
    Query(&'static [&'static str]),
}

impl Part {
    /// Returns the names of its variables.
    pub(crate) fn variables(&self) -> &[&'static str] {
        match self {
            Self::Literal(_) => &[],
            Self::Segment(name) | Self::Rest(name) => std::slice::from_ref(name),
            Self::Query(names) => names,
        }
    }
}

/// Returns the percent-decoded values of the variables, if `uri` matches.
pub(crate) fn matches(parts: &[Part], uri: &NormalUri) -> Option<Map<String, Value>> {
    let other = || uri.with_other_root();
    match_form(parts, uri).or_else(|| match_form(parts, &other()?))
}

/// Matches one of the equivalent forms of a URI.
fn match_form(parts: &[Part], uri: &NormalUri) -> Option<Map<String, Value>> {
    let mut values = Map::new();
    let has_query = matches!(parts.last(), Some(Part::Query(_)));
    let (path, query) = match uri.as_str().split_once('?') {
        Some((path, query)) if has_query => (path, Some(query)),
        _ => (uri.as_str(), None),
    };

    let mut at = 0;
    for (index, part) in parts.iter().enumerate() {
        let (name, is_segment) = match part {
            Part::Literal(text) => {
                at = end_of(uri, at, text, path.len())?;
                continue;
            }
            Part::Query(_) => continue,
            Part::Segment(name) => (name, true),
            Part::Rest(name) => (name, false),
        };
        let mut ends = at..=path.len();
        let end = match parts.get(index + 1) {
            Some(Part::Literal(next)) => {
                let is_end = |end: &usize| end_of(uri, *end, next, path.len()).is_some();
                if is_segment {
                    ends.find(is_end)?
                } else {
                    ends.rfind(is_end)?
                }
            }
            _ => path.len(),
        };
        let value = &path[at..end];
        if value.is_empty() || (is_segment && value.contains(['/', '?', '#'])) {
            return None;
        }
        values.insert((*name).to_owned(), Value::String(decode(value)?));
        at = end;
    }
    if at < path.len() {
        return None;
    }

    // Names that the template does not contain are returned too, so that decoding the arguments reports
    // them as unknown, with a suggestion.
    for pair in query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        values.insert(decode(name)?, Value::String(decode(value)?));
    }
    Some(values)
}

/// Returns the end of `literal` if it is at `start` and before `end`.
fn end_of(uri: &NormalUri, start: usize, literal: &str, end: usize) -> Option<usize> {
    let after = start + literal.len();
    (after <= end && uri.has_at(start, literal)).then_some(after)
}

/// Returns the template without the names of its variables. Two templates with the same shape match
/// the same URIs.
pub(crate) fn shape(parts: &[Part]) -> String {
    let parts = parts.iter().map(|part| match part {
        Part::Literal(text) => *text,
        Part::Segment(_) => "{}",
        Part::Rest(_) => "{*}",
        // The query is optional, so templates that differ only in it overlap.
        Part::Query(_) => "",
    });
    template_key(&parts.collect::<String>())
}

fn decode(text: &str) -> Option<String> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(text.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use Part::{Literal, Query, Rest, Segment};

    fn check(parts: &[Part], uri: &str) -> Option<Value> {
        matches(parts, &NormalUri::new(uri)).map(Value::Object)
    }

    #[test]
    fn a_segment_stops_at_the_next_literal() {
        let parts = [
            Literal("users://"),
            Segment("id"),
            Literal("/posts/"),
            Segment("post"),
        ];
        assert_eq!(
            check(&parts, "users://7/posts/a%20b"),
            Some(json!({"id": "7", "post": "a b"}))
        );
        for other in [
            "users://7/posts/",
            "users:///posts/1",
            "users://7/posts/1/2",
            "users://7",
            "x",
        ] {
            assert_eq!(check(&parts, other), None, "{other}");
        }
    }

    #[test]
    fn a_rest_variable_includes_slashes() {
        let parts = [Literal("file://"), Rest("path"), Literal("/raw")];
        assert_eq!(
            check(&parts, "file://a/raw/b/raw"),
            Some(json!({"path": "a/raw/b"}))
        );
        assert_eq!(check(&parts, "file:///raw"), None);
    }

    #[test]
    fn the_query_is_optional_and_in_any_order() {
        let parts = [Literal("log://"), Segment("day"), Query(&["from", "to"])];
        assert_eq!(check(&parts, "log://mon"), Some(json!({"day": "mon"})));
        assert_eq!(
            check(&parts, "log://mon?to=9&from=1"),
            Some(json!({"day": "mon", "to": "9", "from": "1"}))
        );
    }

    #[test]
    fn a_uri_with_a_query_does_not_match_a_template_without_one() {
        assert_eq!(
            check(&[Literal("log://"), Segment("day")], "log://mon?to=9"),
            None
        );
        assert_eq!(check(&[Literal("log://all")], "log://all?x=1"), None);
    }

    #[test]
    fn templates_that_match_the_same_uris_have_the_same_shape() {
        let named = |name| [Literal("a://"), Segment(name), Literal("/"), Rest("rest")];
        assert_eq!(shape(&named("x")), shape(&named("y")));
        assert_eq!(shape(&named("x")), "a://{}/{*}");
        assert_eq!(shape(&[Literal("a://"), Query(&["q"])]), "a://");
    }

    #[test]
    fn equivalent_uris_match_and_values_keep_their_case() {
        let parts = [
            Literal("a://"),
            Segment("host"),
            Literal(".Com/caf%C3%A9/"),
            Rest("path"),
        ];
        let expected = json!({"host": "Ada", "path": "x y/é"});
        for uri in [
            "A://Ada.cOM/café/x y/é",
            "a://Ada.Com/caf%c3%a9/b/../x%20y/%C3%A9",
        ] {
            assert_eq!(check(&parts, uri), Some(expected.clone()), "{uri}");
        }
        assert_eq!(check(&parts, "a://Ada.Com/Caf%C3%A9/x"), None);
        assert_eq!(check(&parts, "a://Ada.Com/caf%C3%A9/../x"), None);

        let site = [Literal("https://"), Segment("host"), Query(&["q"])];
        for uri in ["https://a.b?q=%2F", "https://a.b/?%71=%2F"] {
            assert_eq!(
                check(&site, uri),
                Some(json!({"host": "a.b", "q": "/"})),
                "{uri}"
            );
        }
        assert_eq!(
            check(&[Literal("https://a.b/")], "https://A.b"),
            Some(json!({}))
        );
    }

    #[test]
    fn a_value_that_is_not_utf8_does_not_match() {
        assert_eq!(
            check(&[Literal("log://"), Segment("day")], "log://%ff"),
            None
        );
    }
}

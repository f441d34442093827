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

/// A part of a URI template.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Fixed text.
    Literal(&'static str),
    /// A variable that matches one path segment.
    Segment(&'static str),
    /// A variable that matches several path segments.
    Rest(&'static str),
    /// Variables in the query string.
    Query(&'static [&'static str]),
}

/// Returns the percent-decoded values of the variables, if `uri` matches.
pub(crate) fn matches(parts: &[Part], uri: &str) -> Option<Map<String, Value>> {
    let mut values = Map::new();
    let has_query = matches!(parts.last(), Some(Part::Query(_)));
    let (path, query) = match uri.split_once('?') {
        Some((path, query)) if has_query => (path, Some(query)),
        _ => (uri, None),
    };

    let mut rest = path;
    for (index, part) in parts.iter().enumerate() {
        let (name, is_segment) = match part {
            Part::Literal(text) => {
                rest = rest.strip_prefix(text)?;
                continue;
            }
            Part::Query(_) => continue,
            Part::Segment(name) => (name, true),
            Part::Rest(name) => (name, false),
        };
        let end = match parts.get(index + 1) {
            Some(Part::Literal(next)) if is_segment => rest.find(next)?,
            Some(Part::Literal(next)) => rest.rfind(next)?,
            _ => rest.len(),
        };
        let (value, after) = rest.split_at(end);
        if value.is_empty() || (is_segment && value.contains(['/', '?', '#'])) {
            return None;
        }
        values.insert((*name).to_owned(), decode(value)?);
        rest = after;
    }
    if !rest.is_empty() {
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
        values.insert(name.to_owned(), decode(value)?);
    }
    Some(values)
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
    parts.collect()
}

fn decode(text: &str) -> Option<Value> {
    let text = percent_decode_str(text).decode_utf8().ok()?;
    Some(Value::String(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use Part::{Literal, Query, Rest, Segment};

    fn check(parts: &[Part], uri: &str) -> Option<Value> {
        matches(parts, uri).map(Value::Object)
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
    fn a_value_that_is_not_utf8_does_not_match() {
        assert_eq!(
            check(&[Literal("log://"), Segment("day")], "log://%ff"),
            None
        );
    }
}

//! Decides whether an `Accept` header allows a media type (RFC 9110, section 12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Returns whether the client accepts the media type `kind`/`subtype`. A request without the header
/// accepts every type.
///
/// The most specific range decides: `*/*, text/html;q=0` accepts everything but HTML. Parameters
/// other than the weight are ignored, and so is a weight that is not a number.
pub(crate) fn accepts(headers: &HeaderMap, kind: &str, subtype: &str) -> bool {
    if !headers.contains_key(ACCEPT) {
        return true;
    }
    let values = headers.get_all(ACCEPT).iter();
    let ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split_unquoted(value, ','));
    let mut best: Option<(u8, bool)> = None;
    for range in ranges {
        let mut parts = split_unquoted(range, ';');
        let Some((range_kind, range_subtype)) = parts.next().and_then(|it| it.split_once('/'))
        else {
            continue;
        };
        let (range_kind, range_subtype) = (range_kind.trim(), range_subtype.trim());
        let specificity = match (range_kind, range_subtype) {
            ("*", "*") => 0,
            (it, "*") if it.eq_ignore_ascii_case(kind) => 1,
            (it, sub) if it.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) => 2,
            _ => continue,
        };
        let is_accepted = !parts.any(is_zero_weight);
        best = match best {
            Some((other, _)) if other > specificity => best,
            // Of two equal ranges, the one that accepts decides.
            Some((other, accepted)) if other == specificity => {
                Some((other, accepted || is_accepted))
            }
            _ => Some((specificity, is_accepted)),
        };
    }
    best.is_some_and(|(_, is_accepted)| is_accepted)
}

/// Returns whether a parameter is `q=0`.
fn is_zero_weight(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    name.trim().eq_ignore_ascii_case("q")
        && value
            .trim()
            .parse::<f32>()
            .is_ok_and(|weight| weight <= 0.0)
}

/// Splits `value` at a delimiter that is not in a quoted string.
fn split_unquoted(value: &str, delimiter: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    value.split(move |character| {
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && character == '\\' {
            is_escaped = true;
        } else if character == '"' {
            is_quoted = !is_quoted;
        } else {
            return !is_quoted && character == delimiter;
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_range_decides() {
        for (accept, json, events) in [
            (&[][..], true, true),
            (&[""], false, false),
            (&["*/*"], true, true),
            (&["* / *"], true, true),
            (&["application/json"], true, false),
            (&["Application/JSON, text/event-stream"], true, true),
            (&["application/json", "text/event-stream"], true, true),
            (&["application/*, text/*"], true, true),
            (&["text/*"], false, true),
            (&["text/html, */*;q=0.1"], true, true),
            (&["*/*;q=0"], false, false),
            (&["*/*, text/event-stream;q=0"], true, false),
            (&["*/*, text/*; Q=0.000"], true, false),
            (&["text/*;q=0, text/event-stream"], false, true),
            (&["text/event-stream;q=1, */*;q=0"], false, true),
            (&["*/*;q=nonsense"], true, true),
            (&["application/json;charset=utf-8;q=0.5"], true, false),
            (&["application/json;a=\",*/*;q=0\", text/*"], true, true),
            (&["application/*;q=0,*/*"], false, true),
            (&["*", "json", ";q=0"], false, false),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(ACCEPT, value.parse().unwrap());
            }
            let got = (
                accepts(&headers, "application", "json"),
                accepts(&headers, "text", "event-stream"),
            );
            assert_eq!(got, (json, events), "{accept:?}");
        }
    }
}

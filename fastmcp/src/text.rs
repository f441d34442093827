//! Small things about text: the nearest known name, base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Standard base64 with padding, as the protocol writes bytes.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The candidate nearest to `name`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use crate::text::nearest;

    #[test]
    fn only_near_names_are_offered() {
        let known = || ["query", "limit", "path"].into_iter();
        assert_eq!(nearest("qurey", known()), Some("query"));
        assert_eq!(nearest("Limit", known()), Some("limit"));
        assert_eq!(nearest("verbose", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}

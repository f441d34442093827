//! Text utilities: suggestions for misspelled names, and base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Encodes bytes as the protocol requires: standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Returns the candidate that is most similar to `name`, if one is similar enough for a suggestion.
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

/// Returns the suggestion that ends an error message, or an empty string without a candidate.
pub(crate) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::text::nearest;

    #[test]
    fn only_similar_names_are_suggested() {
        let known = || ["query", "limit", "path"].into_iter();
        assert_eq!(nearest("qurey", known()), Some("query"));
        assert_eq!(nearest("Limit", known()), Some("limit"));
        assert_eq!(nearest("verbose", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}

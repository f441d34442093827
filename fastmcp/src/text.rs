//! Text utilities: suggestions for misspelled names, base64, and the size of JSON.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

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

/// Counts bytes and discards them.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the size of `message` as JSON, in bytes.
pub(crate) fn serialized_size(message: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    // Writing cannot fail, and the sender reports a message that cannot be serialized.
    let _ = serde_json::to_writer(&mut counter, message);
    counter.0
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

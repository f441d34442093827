//! Text utilities: suggestions for misspelled names, base64, and the size of JSON.

use std::{fmt, io};

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

/// Returns the name of a type without the paths of its modules: `State<Db>` for
/// `fastmcp::call::inject::state::State<reports::Db>`. Paths of this library are private, and an
/// error names the file of its handler.
pub(crate) fn short_type_name(name: &str) -> String {
    let mut short = String::with_capacity(name.len());
    let mut start = 0;
    for (at, character) in name.char_indices() {
        if character.is_alphanumeric() || matches!(character, '_' | ':' | '{' | '}' | '#') {
            continue;
        }
        short.push_str(last_segment(&name[start..at]));
        short.push(character);
        start = at + character.len_utf8();
    }
    short.push_str(last_segment(&name[start..]));
    short
}

fn last_segment(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
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

/// Returns one line for each item, each after a line break.
pub(crate) fn list<T: fmt::Display>(items: &[T]) -> String {
    items.iter().fold(String::new(), |mut list, item| {
        list.push_str("\n- ");
        list.push_str(&item.to_string());
        list
    })
}

#[cfg(test)]
mod tests {
    use crate::text::{nearest, short_type_name};

    #[test]
    fn type_names_lose_the_paths_of_their_modules() {
        for (name, short) in [
            (
                "fastmcp::call::inject::state::State<needs::Db>",
                "State<Db>",
            ),
            ("alloc::vec::Vec<(u8, &str)>", "Vec<(u8, &str)>"),
            ("a::B<c::D, [e::F; 3]>", "B<D, [F; 3]>"),
            ("dyn a::Store + core::marker::Send", "dyn Store + Send"),
            ("u32", "u32"),
        ] {
            assert_eq!(short_type_name(name), short);
        }
    }

    #[test]
    fn only_similar_names_are_suggested() {
        let known = || ["query", "limit", "path"].into_iter();
        assert_eq!(nearest("qurey", known()), Some("query"));
        assert_eq!(nearest("Limit", known()), Some("limit"));
        assert_eq!(nearest("verbose", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}

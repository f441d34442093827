//! Names that hosts accept: of tools and of their arguments.

use std::collections::HashSet;

/// The longest name that all hosts accept.
const MAX_NAME: usize = 64;

/// Gives each name once.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames {
    /// Names that differ only in `-`, `_` and case count as equal, because some hosts map them to one.
    taken: HashSet<String>,
}

impl UniqueNames {
    /// Returns the name, with the first free number from 2 if it is taken.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.taken.insert(unique.to_lowercase().replace('-', "_")) {
            let suffix = format!("_{number}");
            unique = format!("{}{suffix}", cut(name, MAX_NAME - suffix.len()));
            number += 1;
        }
        unique
    }
}

/// Returns the name of the tool for an operation.
pub(crate) fn of_operation(id: Option<&str>, method: &str, path: &str) -> String {
    let from_id = id.map(|id| legal(id, false)).filter(|it| !it.is_empty());
    let name =
        from_id.unwrap_or_else(|| legal(&format!("{}_{path}", method.to_lowercase()), false));
    shortened(name)
}

/// Returns the name with a prefix.
pub(crate) fn with_prefix(prefix: &str, name: &str) -> String {
    shortened(format!("{prefix}_{name}"))
}

/// Returns the name of an argument for the name of a parameter or a property.
pub(crate) fn of_argument(name: &str) -> String {
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    if (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_legal) {
        return name.to_owned();
    }
    let legal = legal(name, true);
    shortened(if legal.is_empty() {
        "value".to_owned()
    } else {
        legal
    })
}

/// Replaces each run of other characters by `_`.
fn legal(name: &str, allows_dots: bool) -> String {
    let mut legal = String::with_capacity(name.len());
    for letter in name.chars() {
        let is_legal = letter.is_ascii_alphanumeric()
            || matches!(letter, '_' | '-')
            || (allows_dots && letter == '.');
        if is_legal {
            legal.push(letter);
        } else if !legal.ends_with('_') {
            legal.push('_');
        }
    }
    legal.trim_matches(['_', '-', '.']).to_owned()
}

/// Shortens a name. The end stands for the rest, so that long names with the same beginning stay different.
fn shortened(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    // FNV-1a: the same in all versions, because clients keep names.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{}_{hash:08x}", cut(&name, MAX_NAME - 9))
}

fn cut(name: &str, length: usize) -> &str {
    // Names are ASCII.
    name.get(..length)
        .unwrap_or(name)
        .trim_end_matches(['_', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_operations_are_legal_and_stable() {
        for (id, method, path, name) in [
            (Some("listPets"), "GET", "/pets", "listPets"),
            (Some("repos/get-branch"), "GET", "/", "repos_get-branch"),
            (None, "GET", "/pets/{petId}/toys", "get_pets_petId_toys"),
            (Some("  "), "DELETE", "/", "delete"),
            (Some("données"), "GET", "/", "donn_es"),
            (Some("日本"), "POST", "/a", "post_a"),
        ] {
            assert_eq!(of_operation(id, method, path), name);
        }
        let long = of_operation(Some(&"a".repeat(100)), "GET", "/");
        assert_eq!(long.len(), 64);
        assert_ne!(long, of_operation(Some(&"a".repeat(101)), "GET", "/"));
    }

    #[test]
    fn equal_names_get_numbers() {
        let mut names = UniqueNames::default();
        assert_eq!(names.take("a-b"), "a-b");
        assert_eq!(names.take("a_b"), "a_b_2");
        assert_eq!(names.take("A_B"), "A_B_3");
        let long = "x".repeat(64);
        assert_eq!(names.take(&long), long);
        assert_eq!(names.take(&long).len(), 64);
    }

    #[test]
    fn names_of_arguments_are_legal() {
        for (name, argument) in [
            ("limit", "limit"),
            ("filter[name]", "filter_name"),
            ("$select", "select"),
            ("@odata.type", "odata.type"),
            ("X-Trace", "X-Trace"),
            ("[]", "value"),
        ] {
            assert_eq!(of_argument(name), argument);
        }
    }
}

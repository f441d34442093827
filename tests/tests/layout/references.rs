//! Checks that the files and tests that ARCHITECTURE.md names exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Collects every file below `directory` except build output, with the text of Rust files.
fn files(directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("the directory is readable") {
        let path = entry.expect("the entry is readable").path();
        let name = path
            .file_name()
            .and_then(|it| it.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                files(&path, found);
            }
        } else if let Some(path_text) = path.to_str() {
            let is_rust = path.extension().is_some_and(|it| it == "rs");
            let text = is_rust.then(|| fs::read_to_string(&path).unwrap_or_default());
            found.push((path_text.to_owned(), text.unwrap_or_default()));
        }
    }
}

/// Returns the texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_test_name(quoted: &str) -> bool {
    let is_word = quoted
        .chars()
        .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_');
    is_word && quoted.matches('_').count() >= 3
}

fn is_file_name(quoted: &str) -> bool {
    let has_extension = [".rs", ".sh", ".md"].iter().any(|it| quoted.ends_with(it));
    has_extension && !quoted.contains(['*', '<', ' '])
}

#[test]
fn every_file_and_test_named_in_the_architecture_exists() {
    let mut found = Vec::new();
    files(&root(), &mut found);
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page is readable");
    let mut checked = 0;
    for name in quoted(&page) {
        let exists = if is_file_name(name) {
            found
                .iter()
                .any(|(path, _)| path.ends_with(&format!("/{name}")))
        } else if is_test_name(name) {
            let function = format!("fn {name}(");
            found.iter().any(|(_, text)| text.contains(&function))
        } else {
            continue;
        };
        checked += 1;
        assert!(
            exists,
            "ARCHITECTURE.md names `{name}`, which does not exist"
        );
    }
    assert!(checked > 60, "only {checked} references were found");
}

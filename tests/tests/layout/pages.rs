//! Checks that the guide, the book and the README list every page.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the file is readable")
}

/// Returns the names of the Markdown files in a directory.
fn pages(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).expect("the directory is readable");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let pages = names.filter_map(|name| name.strip_suffix(".md").map(str::to_owned));
    pages.filter(|name| name != "SUMMARY").collect()
}

/// Returns the names between `before` and `.md`.
fn named(text: &str, before: &str) -> BTreeSet<String> {
    let rest = text.split(before).skip(1);
    let names = rest.filter_map(|it| it.split_once(".md").map(|(name, _)| name.to_owned()));
    names.filter(|it| !it.contains(['/', '\n'])).collect()
}

#[test]
fn the_guide_the_book_and_the_readme_have_every_page() {
    let pages = pages(&root().join("fastmcp/docs"));
    assert!(pages.len() > 20, "only {} pages were found", pages.len());
    let guide = named(&read("fastmcp/src/guide.rs"), "include_str!(\"../docs/");
    assert_eq!(guide, pages, "fastmcp/src/guide.rs");
    let book = named(&read("fastmcp/docs/SUMMARY.md"), "](");
    assert_eq!(book, pages, "fastmcp/docs/SUMMARY.md");
    let readme = named(&read("README.md"), "](fastmcp/docs/");
    assert_eq!(readme, pages, "README.md");
}

#[test]
fn the_book_has_the_page_of_every_attribute() {
    let mut pages = pages(&root().join("fastmcp/docs/attributes"));
    pages.retain(|name| !name.ends_with("_examples"));
    let book = named(&read("fastmcp/docs/SUMMARY.md"), "](attributes/");
    assert_eq!(book, pages);
}

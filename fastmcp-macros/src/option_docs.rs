//! Compares the documented options with the table of options.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::parse::options::owner::{Owner, OwnerKind};
use crate::parse::options::table::{self, TABLE};

/// The attributes whose options the rustdoc of `fastmcp` documents.
const ATTRIBUTES: [Owner; 10] = [
    Owner::Tool,
    Owner::Resource,
    Owner::Prompt,
    Owner::Task,
    Owner::Dependency,
    Owner::Completion,
    Owner::Event,
    Owner::Skill,
    Owner::Tools,
    Owner::Data,
];

/// Returns the rustdoc of an attribute: the comment at its export, and the page in `docs/attributes`.
fn documentation(attribute: Owner) -> String {
    let fastmcp = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fastmcp");
    let source = fs::read_to_string(fastmcp.join("src/lib.rs")).expect("the crate `fastmcp`");
    let name = attribute.name();
    let export = format!("pub use fastmcp_macros::{name};");
    let before = source.split(&export).next().filter(|it| *it != source);
    let before = before.unwrap_or_else(|| panic!("`{export}` is missing"));
    let mut lines: Vec<&str> = before
        .lines()
        .rev()
        .take_while(|line| line.starts_with("///") || line.starts_with('#'))
        .collect();
    lines.reverse();
    let page = fastmcp.join(format!("docs/attributes/{name}.md"));
    let page = fs::read_to_string(page).unwrap_or_default();
    let text = lines.iter().map(|line| line.trim_start_matches('/').trim());
    format!("{}\n{page}", text.collect::<Vec<_>>().join("\n"))
}

/// Returns the names of the options in the first column of the tables.
fn documented(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let spans = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    spans
        .map(|span| span.split(|letter| !is_name(letter)).next().unwrap_or(span))
        .collect()
}

/// Returns whether the text mentions the option, alone or with a value.
fn mentions(text: &str, option: &str) -> bool {
    text.match_indices(option).any(|(index, _)| {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let before = text[..index].chars().next_back();
        let after = text[index + option.len()..].chars().next();
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

#[test]
fn every_documented_option_exists() {
    for attribute in ATTRIBUTES {
        let text = documentation(attribute);
        for name in documented(&text) {
            let exists = TABLE.iter().any(|spec| {
                spec.name == name
                    && spec.owners.iter().any(|owner| {
                        *owner == attribute
                            || *owner == Owner::Argument
                            || owner.kind() == OwnerKind::Group(attribute)
                    })
            });
            assert!(exists, "`#[{}]` has no option `{name}`", attribute.name());
        }
    }
}

#[test]
fn every_option_is_documented() {
    let tool = documentation(Owner::Tool);
    for attribute in ATTRIBUTES {
        let text = documentation(attribute);
        let groups = TABLE.iter().flat_map(|spec| spec.owners).copied();
        let groups = groups.filter(|owner| owner.kind() == OwnerKind::Group(attribute));
        for owner in groups.chain([attribute]) {
            for spec in table::options_of(owner) {
                assert!(
                    mentions(&text, spec.name),
                    "the documentation of `#[{}]` lacks `{}` of {}",
                    attribute.name(),
                    spec.name,
                    owner.spelled()
                );
            }
        }
    }
    for spec in table::options_of(Owner::Argument) {
        let is_completion = spec.name == "complete";
        let text = if is_completion {
            documentation(Owner::Completion)
        } else {
            tool.clone()
        };
        assert!(
            mentions(&text, spec.name),
            "the documentation lacks `{}` of `#[arg]`",
            spec.name
        );
    }
}

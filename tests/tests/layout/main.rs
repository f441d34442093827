//! Checks the imports between the source files of both crates.
//!
//! ARCHITECTURE.md explains the order. A request walks down [`LEVELS`]; no file imports from a
//! level above its own, and no two files import each other, directly or through others.

mod imports;
mod pages;
mod references;

use std::path::PathBuf;
use std::sync::LazyLock;

use imports::Imports;

/// The levels of `fastmcp`, from the top. A name stands for a file and the directory with the same
/// name.
const LEVELS: &[&[&str]] = &[
    // Public names of items in the levels below.
    &[
        "",
        "prelude",
        "guide",
        "dependencies",
        "task",
        "private",
        "client",
        "testing",
        "dev",
        "cli",
    ],
    &["server"],
    &["dashboard"],
    &["transport"],
    &["protocol"],
    &["mcp_tasks", "events", "openapi"],
    &["component", "middleware", "skills"],
    &["background"],
    &["call"],
    &["context"],
    &["telemetry"],
    &["store"],
    &["docket"],
    &["auth"],
    &[
        "caller",
        "component_kind",
        "selection",
        "principal",
        "registration",
        "text",
        "tls",
        "error",
        "mcp",
        "normal_uri",
        "variant_order",
        "app_meta",
        "skill_folder",
    ],
];

/// The only modules that name the protocol library.
const NAME_RMCP: &[&str] = &["protocol", "transport", "mcp", "client"];

/// The maximum number of lines of a source file, including its tests.
const MAX_LINES: usize = 450;

fn fastmcp() -> &'static Imports {
    static IMPORTS: LazyLock<Imports> = LazyLock::new(|| read("../fastmcp/src"));
    &IMPORTS
}

fn macros() -> &'static Imports {
    static IMPORTS: LazyLock<Imports> = LazyLock::new(|| read("../fastmcp-macros/src"));
    &IMPORTS
}

fn read(relative: &str) -> Imports {
    Imports::read(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative))
}

/// Returns the first segment of a module's path.
fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

fn level(module: &str) -> Option<usize> {
    LEVELS.iter().position(|level| level.contains(&top(module)))
}

/// Returns the imports from a level above, as `importer -> imported`.
fn upward_imports(imports: &Imports) -> Vec<String> {
    let mut upward = Vec::new();
    for (from, targets) in &imports.edges {
        for to in targets {
            if level(to) < level(from) {
                upward.push(format!("{from} -> {to}"));
            }
        }
    }
    upward
}

#[test]
fn no_two_files_import_each_other() {
    assert_eq!(fastmcp().cycles(), []);
    assert_eq!(macros().cycles(), []);
}

#[test]
fn every_module_has_a_level() {
    let fastmcp = fastmcp();
    let unknown: Vec<_> = fastmcp
        .files
        .keys()
        .filter(|it| level(it).is_none())
        .collect();
    assert!(unknown.is_empty(), "add these to LEVELS: {unknown:?}");
}

#[test]
fn no_file_imports_from_a_level_above() {
    assert_eq!(upward_imports(fastmcp()), [""; 0]);
}

#[test]
fn the_docket_imports_nothing_else_of_the_crate() {
    let fastmcp = fastmcp();
    let leaks: Vec<_> = fastmcp
        .edges
        .iter()
        .filter(|(from, _)| top(from) == "docket")
        .flat_map(|(from, targets)| targets.iter().map(move |to| (from, to)))
        .filter(|(_, to)| top(to) != "docket")
        .collect();
    assert!(leaks.is_empty(), "{leaks:?}");
}

#[test]
fn macro_code_goes_from_parse_to_model_to_expand() {
    let order = ["parse", "model", "expand"];
    let rank = |module: &str| order.iter().position(|it| *it == top(module));
    for (from, targets) in &macros().edges {
        for to in targets {
            if let (Some(from_rank), Some(to_rank)) = (rank(from), rank(to)) {
                assert!(to_rank <= from_rank, "{from} imports {to}");
            }
        }
    }
}

#[test]
fn only_the_protocol_side_names_the_protocol_library() {
    for (module, file) in &fastmcp().files {
        let names = file.roots.contains("rmcp") || file.text.contains("rmcp::");
        assert!(
            !names || NAME_RMCP.contains(&top(module)),
            "{} names rmcp; only {NAME_RMCP:?} may",
            file.path.display()
        );
    }
}

#[test]
fn every_file_says_its_subject_first_and_is_short() {
    for imports in [fastmcp(), macros()] {
        for file in imports.files.values() {
            let path = file.path.display();
            assert!(
                file.text.starts_with("//! "),
                "{path}: the first line is not a `//!` line that names the subject"
            );
            let lines = file.text.lines().count();
            assert!(
                lines <= MAX_LINES,
                "{path}: {lines} lines, the limit is {MAX_LINES}"
            );
        }
    }
}

#[test]
fn the_checks_find_what_they_look_for() {
    let mut imports = fastmcp().clone();
    assert!(
        imports
            .edges
            .values()
            .map(std::collections::BTreeSet::len)
            .sum::<usize>()
            > 300
    );
    assert!(imports.edges["server::builder"].len() > 1);
    let docket_imports = |imports: &mut Imports, target: &str| {
        let edges = imports.edges.entry("docket::model::key".to_owned());
        edges.or_default().insert(target.to_owned());
    };
    docket_imports(&mut imports, "server::builder");
    assert_eq!(
        upward_imports(&imports),
        ["docket::model::key -> server::builder"]
    );
    assert_eq!(imports.cycles().len(), 1);
}

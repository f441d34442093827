//! Compiles wrong programs and compares rustc's messages. The right programs are in `examples/`, so that every build
//! of the tests compiles them: a single right program here would make trybuild compile the wrong ones one by one.
//!
//! `TRYBUILD=overwrite cargo test -p fastmcp-ui-tests` rewrites the expected messages; review each
//! message as documentation.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn mistakes() {
    let cases = trybuild::TestCases::new();
    let shows_sources = rust_src_is_installed();
    for mistake in mistakes_in("fail") {
        let expected = fs::read_to_string(mistake.with_extension("stderr")).unwrap_or_default();
        if shows_sources && expected.contains("$RUST/") {
            eprintln!("{} did not run: rust-src is installed", mistake.display());
            continue;
        }
        cases.compile_fail(mistake);
    }
}

/// Returns whether rustc can quote the source of the standard library. The expected messages do not
/// quote it, because not every toolchain has `rust-src`.
fn rust_src_is_installed() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = Command::new(rustc).args(["--print", "sysroot"]).output();
    let sysroot = sysroot.expect("rustc runs").stdout;
    let sysroot = String::from_utf8(sysroot).expect("a path");
    Path::new(sysroot.trim())
        .join("lib/rustlib/src/rust/library")
        .exists()
}

/// Returns every program in the groups of `folder`.
fn mistakes_in(folder: &str) -> Vec<PathBuf> {
    let list = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("the folder of a group");
        entries.map(|entry| entry.expect("an entry").path())
    };
    let groups = list(Path::new(folder));
    let mut programs: Vec<PathBuf> = groups.flat_map(|group| list(&group)).collect();
    programs.retain(|path| path.extension().is_some_and(|it| it == "rs"));
    programs.sort();
    assert!(!programs.is_empty(), "no programs below {folder}");
    programs
}

//! Measures apalis, in a program of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fastmcp::docket::Durability;

/// The built program; `None` if it could not be built.
pub(crate) struct Program(Option<PathBuf>);

impl Program {
    pub(crate) fn build() -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/docket_sqlite/apalis");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("apalis");
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--manifest-path"])
            .arg(source.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            // Without rustup's variables, its proxy would follow the toolchain files inside of packages.
            .env("RUSTC", Path::new(env!("CARGO")).with_file_name("rustc"))
            .stdin(Stdio::null())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            eprintln!("the program with apalis could not be built; its column stays empty");
            return Self(None);
        }
        Self(Some(target.join("release/apalis")))
    }

    pub(crate) fn add(
        &self,
        path: &Path,
        durability: Durability,
        items: usize,
        callers: usize,
    ) -> Option<f64> {
        self.run("add", path, durability, items, callers)
    }

    pub(crate) fn drain(
        &self,
        path: &Path,
        durability: Durability,
        items: usize,
        concurrency: usize,
    ) -> Option<f64> {
        self.run("drain", path, durability, items, concurrency)
    }

    /// Runs one measurement. The program prints the number of tasks per second.
    fn run(
        &self,
        what: &str,
        path: &Path,
        durability: Durability,
        items: usize,
        parallel: usize,
    ) -> Option<f64> {
        let grade = match durability {
            Durability::Process => "process",
            _ => "power",
        };
        let output = Command::new(self.0.as_ref()?)
            .args([what, grade, &items.to_string(), &parallel.to_string()])
            .arg(path)
            .output()
            .ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    }
}

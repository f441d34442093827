//! A package of its own in a temporary directory, whose server the tests edit.

use std::path::{Path, PathBuf};
use std::{env, fs};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The source of the first server.
const SOURCE: &str = r#"use fastmcp::prelude::*;

/// Adds two numbers.
#[tool]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Waits until the file exists.
#[tool]
async fn wait_for(path: String) -> String {
    while !std::path::Path::new(&path).exists() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    format!("{} {}", std::process::id(), env!("CARGO_PKG_NAME"))
}

/// Asks for a name.
#[tool]
async fn greet(ctx: Context) -> Result<String> {
    Ok(format!("Hello, {}!", ctx.elicit::<String>("Your name?").await?))
}

/// Ends the process.
#[tool]
async fn crash() {
    std::process::abort();
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    let server = FastMcp::new("calculator");
    match std::env::args().nth(1) {
        Some(address) => server.run_http(address).await?,
        None => server.run().await?,
    }
    Ok(())
}
"#;

/// A package with one server.
pub struct Project {
    pub directory: PathBuf,
}

impl Project {
    /// Writes the package. It is built with the dependencies of `new_crate.rs`, which are built once.
    pub fn new(name: &'static str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(directory.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             fastmcp = {{ path = \"{}\" }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
             [profile.dev.package.\"*\"]\ndebug = false\n",
            Path::new(ROOT).join("fastmcp").display()
        );
        fs::write(directory.join("Cargo.toml"), manifest).unwrap();
        fs::copy(
            Path::new(ROOT).join("Cargo.lock"),
            directory.join("Cargo.lock"),
        )
        .unwrap();
        let project = Self { directory };
        project.write(SOURCE);
        project
    }

    pub fn source(&self) -> PathBuf {
        self.directory.join("src/main.rs")
    }

    pub fn write(&self, source: &str) {
        fs::write(self.source(), source).unwrap();
    }

    /// Replaces a part of the source.
    pub fn edit(&self, from: &str, to: &str) {
        let source = fs::read_to_string(self.source()).unwrap();
        assert!(source.contains(from), "{from}");
        self.write(&source.replacen(from, to, 1));
    }

    pub fn manifest(&self) -> PathBuf {
        self.directory.join("Cargo.toml")
    }

    /// Returns the directory of the dependencies that are already built.
    pub fn target(&self) -> PathBuf {
        self.directory.join("../..").canonicalize().unwrap()
    }
}

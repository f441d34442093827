//! Builds the server from the README in a new crate that depends only on `fastmcp` and `tokio`, and counts
//! what is compiled there: a user's crate must not compile the server.

use std::path::Path;
use std::{env, fs};

use fastmcp::client::Client;
use serde_json::json;
use tokio::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Returns the programs of a page or of the documentation of a source file.
fn programs(file: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
    let lines = text.lines().map(|line| match line.strip_prefix("//!") {
        Some(doc) => doc.strip_prefix(' ').unwrap_or(doc),
        None => line,
    });
    let mut programs = vec![String::new()];
    for line in lines {
        if line.starts_with("```") {
            programs.push(String::new());
        } else if let Some(program) = programs.last_mut() {
            program.push_str(line);
            program.push('\n');
        }
    }
    programs.retain(|program| program.contains("async fn main()"));
    programs
}

/// Returns the server with background work, the second program of the README. The first one is also the
/// example of the crate, so it is compiled there.
fn readme_server() -> String {
    programs("README.md").swap_remove(1)
}

/// The most lines of LLVM IR in the functions of the crate. With the server compiled into it, for example
/// because a method of `FastMcp` returns a future that is not boxed, it has more than 500 000. It has about 32 000.
const MAX_LINES: usize = 60_000;

/// Returns the number of lines in the functions of `module`, a text of LLVM IR.
fn lines_of_functions(module: &str) -> usize {
    let mut inside = false;
    let lines = module.lines().filter(|line| {
        inside = (inside || line.starts_with("define ")) && *line != "}";
        inside
    });
    lines.count()
}

#[tokio::test]
async fn the_readme_server_needs_two_dependencies() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-crate");
    fs::create_dir_all(directory.join("src")).unwrap();
    // The build directory of the workspace, where the dependencies are already built.
    let target = directory.join("../..").canonicalize().unwrap();
    fs::write(directory.join("src/main.rs"), readme_server()).unwrap();
    // The lock file of the workspace, so that nothing is downloaded.
    fs::copy(
        Path::new(ROOT).join("Cargo.lock"),
        directory.join("Cargo.lock"),
    )
    .unwrap();
    // With the profile of the workspace, so that its dependencies are built once.
    let manifest = format!(
        "[package]\nname = \"words\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         fastmcp = {{ path = {:?} }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n",
        Path::new(ROOT).join("fastmcp")
    );
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    let deps = target.join("debug/deps");
    let modules = || {
        let files = fs::read_dir(&deps).unwrap().filter_map(Result::ok);
        let paths = files.map(|file| file.path());
        paths.filter(|path| {
            let name = path.file_stem().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("words-"))
                && path.extension().is_some_and(|extension| extension == "ll")
        })
    };
    modules().for_each(|old| fs::remove_file(old).unwrap());

    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["rustc", "--quiet", "--target-dir"])
        .arg(&target)
        // Emits the program and one file of LLVM IR.
        .args(["--", "--emit=llvm-ir", "-Ccodegen-units=1"])
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(&directory)
        .output()
        .await
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    assert!(
        built.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let module = modules().next().expect("a file of LLVM IR");
    let lines = lines_of_functions(&fs::read_to_string(module).unwrap());
    assert!(
        (1..MAX_LINES).contains(&lines),
        "the crate compiles {lines} lines of LLVM IR, more than {MAX_LINES}"
    );

    let mut server = Command::new(target.join("debug/words"));
    server.env("FASTMCP_EXPERIMENTAL_ENABLE_DOCKET", "true");
    let client = Client::spawn(server).await.unwrap();
    let answer = client
        .call_tool("count_words", json!({ "text": "to be or not" }))
        .await
        .unwrap();
    let text = &answer.content[0].as_text().unwrap().text;
    let key = text.strip_prefix("counting, the key is ").expect(text);
    let answer = client
        .call_tool("counted", json!({ "key": key }))
        .await
        .unwrap();
    assert_eq!(answer.structured_content, Some(json!({ "result": 4 })));
    client.close().await;
}

#[tokio::test]
async fn the_template_is_a_crate_whose_tests_pass() {
    let template = Path::new(ROOT).join("examples/template");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    fs::create_dir_all(directory.join("src")).unwrap();
    let target = directory.join("../..").canonicalize().unwrap();
    let library = Path::new(ROOT).join("fastmcp").canonicalize().unwrap();
    for file in ["Cargo.toml", "README.md", "src/main.rs"] {
        let text = fs::read_to_string(template.join(format!("{file}.liquid"))).unwrap();
        let text = text.replace("{{project-name}}", "generated");
        let mut text = text.replace("{{fastmcp_path}}", library.to_str().unwrap());
        assert!(
            !text.contains("{{") && !text.contains("{%"),
            "{file}: {text}"
        );
        if file == "Cargo.toml" {
            text += "\n[profile.dev.package.\"*\"]\ndebug = false\n";
        }
        fs::write(directory.join(file), text).unwrap();
    }
    fs::copy(
        Path::new(ROOT).join("Cargo.lock"),
        directory.join("Cargo.lock"),
    )
    .unwrap();

    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tested = Command::new(cargo)
        .args(["test", "--quiet", "--target-dir"])
        .arg(&target)
        .current_dir(&directory)
        .output()
        .await
        .unwrap();
    let output = String::from_utf8_lossy(&tested.stdout);
    assert!(
        tested.status.success(),
        "{output}{}",
        String::from_utf8_lossy(&tested.stderr)
    );
    assert!(output.contains("2 passed"), "{output}");
}

#[test]
fn every_introduction_starts_with_the_same_server() {
    let readme = programs("README.md").swap_remove(0);
    for file in [
        "fastmcp/README.md",
        "fastmcp/src/lib.rs",
        "fastmcp/docs/getting_started.md",
    ] {
        assert_eq!(programs(file)[0], readme, "{file}");
    }
}

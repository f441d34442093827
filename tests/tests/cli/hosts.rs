//! `install`: the configuration of hosts of models.

use std::fs;

use serde_json::{Value, json};

use crate::run::{Home, PROGRAM};

fn entry_of(text: &str, key: &str) -> Value {
    let value: Value = serde_json::from_str(text).expect("strict JSON");
    value[key]["tea"].clone()
}

#[test]
fn each_host_gets_an_entry_in_its_own_file_and_form() {
    let home = Home::new();
    let plain = json!({ "command": PROGRAM, "args": [], "env": { "A": "1 \"x\"" } });
    let mut typed = plain.clone();
    typed["type"] = "stdio".into();
    let files = [
        ("claude-code", ".claude.json", "mcpServers", &typed),
        ("cursor", ".cursor/mcp.json", "mcpServers", &plain),
        ("gemini", ".gemini/settings.json", "mcpServers", &plain),
        #[cfg(target_os = "linux")]
        (
            "claude-desktop",
            ".config/Claude/claude_desktop_config.json",
            "mcpServers",
            &plain,
        ),
        #[cfg(target_os = "linux")]
        ("vscode", ".config/Code/User/mcp.json", "servers", &typed),
    ];
    for (host, file, key, expected) in files {
        let words = ["install", host, "--env", "A=1 \"x\""];
        let added = home.run(&words);
        assert!(added.success().starts_with("added `tea` in "), "{added:?}");
        assert_eq!(&entry_of(&home.read(file), key), expected, "{host}");
        let again = home.run(&words);
        assert!(
            again.success().contains("has this server `tea` already"),
            "{again:?}"
        );
        let removed = home.run(&["install", host, "--remove"]);
        assert!(
            removed.success().starts_with("removed `tea` in "),
            "{removed:?}"
        );
        assert_eq!(entry_of(&home.read(file), key), Value::Null, "{host}");
    }
    home.run(&["install", "codex", "--env", "A=1", "--", "serve"])
        .success();
    assert_eq!(
        home.read(".codex/config.toml"),
        format!(
            "[mcp_servers.tea]\ncommand = \"{PROGRAM}\"\nargs = [\"serve\"]\nenv = {{ A = \"1\" }}\n"
        )
    );
}

#[test]
fn other_entries_are_kept_and_the_previous_file_is_copied() {
    let home = Home::new();
    let text = "{\n  // mine\n  \"servers\": {\n    \"other\": { \"url\": \"http://localhost\" },\n  },\n}\n";
    home.write("mcp.json", text);
    let words = ["install", "vscode", "--file", "mcp.json"];
    let shown = home.run(&[&words[..], &["--print"]].concat());
    assert_eq!(home.read("mcp.json"), text);
    home.run(&words).success();
    let written = home.read("mcp.json");
    assert_eq!(written, shown.out);
    assert!(
        written.contains("// mine") && written.contains("\"other\": { \"url\""),
        "{written}"
    );
    assert_eq!(home.read("mcp.json.bak"), text);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let home = Home::new();
    home.write("real.json", "{}");
    let only_owner = fs::Permissions::from_mode(0o600);
    fs::set_permissions(home.path("real.json"), only_owner).expect("the mode changes");
    symlink("real.json", home.path("link.json")).expect("a link");
    home.run(&["install", "cursor", "--file", "link.json"])
        .success();
    assert!(home.path("link.json").is_symlink());
    let metadata = fs::metadata(home.path("real.json")).expect("the file");
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert!(home.read("real.json").contains("\"tea\""));
}

#[test]
fn files_that_cannot_be_read_are_not_changed() {
    let home = Home::new();
    let commented = "{ // mine\n  \"mcpServers\": {} }";
    for (host, text, problem) in [
        ("cursor", "{ \"a\": }", "not valid JSON"),
        ("cursor", "[]", "the file is not a JSON object"),
        (
            "cursor",
            "{ \"mcpServers\": 1 }",
            "`mcpServers` is not a JSON object",
        ),
        // Claude reads strict JSON only.
        ("claude-desktop", commented, "not valid JSON"),
        ("codex", "a =", "not valid TOML"),
    ] {
        home.write("config", text);
        let ended = home.run(&["install", host, "--file", "config"]);
        let message = ended.failure(3);
        assert!(
            message.contains(problem) && message.contains("the file is not changed"),
            "{message}"
        );
        assert_eq!(home.read("config"), text);
    }
    for (words, problem) in [
        (
            &["install", "cursor", "--name", "a; b"][..],
            "use only ASCII letters",
        ),
        (
            &["install", "cursor", "--env", "A"],
            "not of the form KEY=VALUE",
        ),
        (
            &["install", "cursor", "--env", "A B=1"],
            "not the name of an environment variable",
        ),
        (
            &["install", "claude-desktop", "--project"],
            "has no files of projects",
        ),
    ] {
        let ended = home.run(words);
        assert!(ended.failure(2).contains(problem), "{ended:?}");
    }
}

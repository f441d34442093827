//! `install mcpb`, `server-json` and `npm`: packages of the server. `scripts/server_packages.sh` checks them with the
//! validators of their formats.

use serde_json::{Value, json};

use crate::run::Home;

#[test]
fn a_bundle_contains_the_manifest_and_the_program() {
    let home = Home::new();
    let words = [
        "install", "mcpb", "--author", "Ada", "--ask", "API_KEY", "--env", "MODE=x",
    ];
    let manifest = home.run(&[&words[..], &["--print"]].concat()).json();
    assert_eq!(manifest["server"]["entry_point"], "server/cli_target");
    let config = json!({
        "command": "${__dirname}/server/cli_target",
        "args": [],
        "env": { "MODE": "x", "API_KEY": "${user_config.api_key}" },
    });
    assert_eq!(manifest["server"]["mcp_config"], config);
    assert_eq!(manifest["user_config"]["api_key"]["sensitive"], true);
    assert_eq!(manifest["tools"].as_array().map(Vec::len), Some(9));
    assert!(!home.path("tea.mcpb").exists());
    home.run(&words).success();
    let bundle = std::fs::read(home.path("tea.mcpb")).expect("the bundle");
    assert!(bundle.starts_with(b"PK\x03\x04"));
    let author = home.run(&["install", "mcpb"]);
    assert!(author.failure(2).contains("--author <NAME>"), "{author:?}");
}

#[test]
fn the_entry_of_the_registry_names_the_packages() {
    let home = Home::new();
    home.write("tea.mcpb", "bundle");
    let words = [
        "install",
        "server-json",
        "--name",
        "io.github.ada/tea",
        "--npm",
        "@ada/tea",
        "--mcpb",
        "https://example.com/tea.mcpb",
        "--mcpb-file",
        "tea.mcpb",
        "--ask",
        "API_KEY",
    ];
    home.run(&words).success();
    let entry: Value = serde_json::from_str(&home.read("server.json")).expect("JSON");
    assert_eq!(
        (&entry["name"], &entry["version"]),
        (&json!("io.github.ada/tea"), &json!("1.2.3"))
    );
    assert_eq!(entry["packages"][0]["identifier"], "@ada/tea");
    assert_eq!(
        entry["packages"][1]["fileSha256"],
        "1e6ed65d77d6364eeaed5a745ba5c4985ae2b700dd85d7cf7f027bdf294a33fc"
    );
    assert_eq!(
        entry["packages"][1]["environmentVariables"][0]["name"],
        "API_KEY"
    );
    let long = "x".repeat(101);
    for (words, problem) in [
        (
            &["--name", "tea", "--npm", "x"][..],
            "not a name of the registry",
        ),
        (&["--name", "a/b"], "required"),
        (
            &["--name", "a/b", "--npm", "x", "--description", &long],
            "has 101 characters",
        ),
    ] {
        let ended = home.run(&[&["install", "server-json"], words].concat());
        assert!(ended.failure(2).contains(problem), "{ended:?}");
    }
}

#[test]
fn npm_packages_are_a_launcher_and_the_program_of_a_platform() {
    let home = Home::new();
    let words = [
        "install",
        "npm",
        "--package",
        "@ada/tea",
        "--registry-name",
        "io.github.ada/tea",
    ];
    let written = home.run(&words);
    let directories: Vec<&str> = written.success().lines().collect();
    let launcher: Value =
        serde_json::from_str(&home.read("npm/@ada/tea/package.json")).expect("JSON");
    assert_eq!(launcher["bin"], json!({ "tea": "bin/launcher.js" }));
    assert_eq!(launcher["mcpName"], "io.github.ada/tea");
    let dependencies = launcher["optionalDependencies"]
        .as_object()
        .expect("an object");
    let (platform, version) = dependencies.iter().next().expect("one platform");
    assert_eq!(version, "1.2.3");
    let platform_directory = format!("npm/{platform}");
    assert_eq!(directories, ["npm/@ada/tea", &platform_directory]);
    assert!(
        home.path(&platform_directory)
            .join("bin/cli_target")
            .exists()
    );
    for (words, problem) in [
        (&["--package", "Tea"][..], "not the name of an npm package"),
        (&["--package", "a/../b"], "not the name of an npm package"),
        (
            &["--package", "a", "--platform", "../x"],
            "not a platform of Node.js",
        ),
    ] {
        let ended = home.run(&[&["install", "npm"], words].concat());
        assert!(ended.failure(2).contains(problem), "{ended:?}");
    }
}

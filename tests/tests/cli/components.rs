//! `list`, `inspect`, `check`, the help, completions, and commands of the program.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::run::{Home, PROGRAM};
use crate::terminal::in_terminal;

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|it| it["name"].as_str().expect("a name"))
        .collect()
}

/// Returns a text in which the lines of the source do not count.
fn without_lines(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(".rs:") {
        let (head, tail) = rest.split_at(at + 4);
        result += head;
        result.push('N');
        rest = tail.trim_start_matches(|it: char| it.is_ascii_digit());
    }
    result + rest
}

#[test]
fn a_list_has_colours_in_a_terminal_only() {
    let home = Home::new();
    let (transcript, code) = in_terminal(&home, &["list"], &[]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = transcript.lines().collect();
    assert_eq!(lines[0], "\\e[1mtea 1.2.3\\e[0m");
    assert_eq!(
        lines[3],
        "  \\e[36madd\\e[0m      \\e[2ma, b\\e[0m               Adds two numbers."
    );
    let plain = home.run(&["list"]);
    assert_eq!(
        plain.success(),
        "\
tea 1.2.3

tools
  add      a, b               Adds two numbers.
  approve  amount             Waits for the answer of a person, as a task.
  count                       Counts to three, and reports its progress.
  delete   file               Deletes a file if the user agrees.
  fail                        Fails.
  hostile                     Returns text that a terminal would interpret.
  mail     to                 Sends mail in the background.
  order    kind, cup, notes?  Describes an order.
  wait                        Never returns.

resources
  menu://today    The menu.

resource templates
  price://{kind}    The price of a tea.

prompts
  please  kind  Asks for a tea.
"
    );
    let no_colour = Home::new().with("NO_COLOR", "1");
    let (transcript, _) = in_terminal(&no_colour, &["list"], &[]);
    assert_eq!(transcript, plain.out);
}

#[test]
fn a_list_is_the_same_in_process_and_over_a_transport() {
    let home = Home::new();
    let own = home.run(&["list", "--json"]).json();
    assert_eq!(own["server"], json!({ "name": "tea", "version": "1.2.3" }));
    let tools = [
        "add", "approve", "count", "delete", "fail", "hostile", "mail", "order", "wait",
    ];
    assert_eq!(names(&own["tools"]), tools);
    let other = home.run(&["list", "--json", "--", PROGRAM]).json();
    for list in ["tools", "resources", "resourceTemplates", "prompts"] {
        assert_eq!(own[list], other[list], "{list}");
    }
}

#[test]
fn a_description_of_a_server_starts_no_docket() {
    // Nothing listens there.
    let home = Home::new().with("FASTMCP_DOCKET_URL", "redis://127.0.0.1:1");
    for words in [
        &["list"][..],
        &["inspect"],
        &["check"],
        &["call", "add", "a=1", "b=2"],
    ] {
        home.run(words).success();
    }
    let refused = home.run(&["call", "mail", "to=a@b"]);
    assert!(
        refused.failure(3).contains("FASTMCP_DOCKET_URL"),
        "{refused:?}"
    );
    let refused = home.run(&["docket", "stats"]);
    assert!(
        refused.failure(3).contains("FASTMCP_DOCKET_URL"),
        "{refused:?}"
    );
}

#[test]
fn components_are_inspected_with_their_dependencies_and_places() {
    let home = Home::new();
    let table = home.run(&["inspect"]);
    let table = without_lines(table.success());
    assert!(
        table.contains(
            "tool      mail                37         String, Docket  tests/src/bin/cli_target.rs:N\n"
        ),
        "{table}"
    );
    assert!(table.contains("at 4 bytes of JSON per token."), "{table}");
    let mail = home.run(&["inspect", "mail", "--json"]).json();
    assert_eq!(mail["file"], "tests/src/bin/cli_target.rs");
    assert!(mail["line"].as_u64() > Some(1), "{mail}");
    let docket = json!({
        "parameter": "docket", "type": "Docket", "docket": true, "worker": false, "providers": [],
        "arguments": [],
    });
    let recipient = &mail["dependencies"][0];
    assert_eq!(
        (&recipient["parameter"], &recipient["arguments"]),
        (&json!("recipient"), &json!(["to"]))
    );
    assert_eq!(recipient["providers"][0]["name"], "recipient");
    assert_eq!(mail["dependencies"][1], docket);
    let text = without_lines(home.run(&["inspect", "mail"]).success());
    let line = "recipient: String, through recipient (tests/src/bin/cli_target.rs:N), from to\n";
    assert!(text.contains(line), "{text}");
    let text = home.run(&["inspect", "approve"]);
    assert!(
        text.success().contains("task      calls are always tasks"),
        "{text:?}"
    );
    let unknown = home.run(&["inspect", "mial"]);
    assert_eq!(
        unknown.failure(2),
        "error: the server has no component `mial`; did you mean `mail`?\n"
    );
}

#[test]
fn a_check_fails_if_there_are_lints_or_errors() {
    let home = Home::new();
    let clean = home.run(&["check"]);
    assert_eq!(clean.success(), "no errors, no lints in 12 components\n");
    let home = home.with("CLI_TARGET_LINT", "1");
    let lints = home.run(&["check"]);
    assert_eq!(lints.code, Some(1));
    assert_eq!(
        without_lines(&lints.out),
        "\
tests/src/bin/cli_target.rs:N: missing-description tool `undocumented`: without a description, models guess the tool's \
use from its name: write a doc comment
1 lint; the guide `what_models_see` explains each, and `allow(\"…\")` in the attribute accepts one
"
    );
    let json = home.run(&["check", "--json"]);
    let checked: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((json.code, &checked["ok"]), (Some(1), &json!(false)));
    assert_eq!(checked["lints"][0]["code"], "missing-description");

    let broken = Home::new().with("FASTMCP_DOCKET_CONCURRENCY", "many");
    let errors = broken.run(&["check"]);
    assert_eq!(errors.code, Some(1));
    assert_eq!(
        errors.out,
        "error: FASTMCP_DOCKET_CONCURRENCY is `many`, which is not a whole number\n1 error\n"
    );
}

#[test]
fn the_help_lists_the_commands_of_the_program_and_the_exit_codes() {
    let home = Home::new();
    let help = home.run(&["--help"]);
    for part in ["  call ", "  hello        Greets", "  130  interrupted"] {
        assert!(help.success().contains(part), "{part}: {}", help.out);
    }
    assert_eq!(home.run(&["--version"]).success(), "cli_target 1.2.3\n");
    let own = home.run(&["hello"]);
    assert_eq!(
        (own.code, own.err.as_str()),
        (Some(1), "error: and goodbye\n")
    );
    let unknown = home.run(&["lits"]);
    assert!(
        unknown
            .failure(2)
            .contains("a similar subcommand exists: 'list'"),
        "{unknown:?}"
    );
}

#[test]
fn shells_accept_the_completions() {
    let home = Home::new();
    let script = home.run(&["completions", "bash"]);
    assert!(script.success().contains("hello"), "{}", script.out);
    home.write("completions.bash", &script.out);
    let checked = Command::new("bash")
        .args(["-n", "completions.bash"])
        .current_dir(&home.directory)
        .stdin(Stdio::null())
        .status();
    assert!(checked.expect("bash runs").success());
    for shell in ["elvish", "fish", "powershell", "zsh"] {
        assert!(
            home.run(&["completions", shell])
                .success()
                .contains("docket"),
            "{shell}"
        );
    }
}

#[test]
fn without_arguments_the_program_serves_standard_input_and_output() {
    let home = Home::new();
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        },
    });
    for words in [&[][..], &["serve"]] {
        let ended = home.run_with_input(words, &format!("{initialize}\n"));
        let answer: Value = serde_json::from_str(ended.success()).expect("one message");
        assert_eq!(answer["result"]["serverInfo"]["name"], "tea");
    }
    let steps = [("`cli_target --help` lists the commands", "\u{4}")];
    let (_, code) = in_terminal(&home, &[], &steps);
    assert_eq!(code, 0);
}

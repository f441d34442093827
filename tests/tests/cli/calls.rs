//! `call`: arguments, results, questions, progress, tasks and interruptions.

use std::io::{BufRead, BufReader};
use std::process::Child;

use serde_json::json;

use crate::run::{Home, PROGRAM};
use crate::terminal::in_terminal;

#[test]
fn words_become_arguments_by_the_schema() {
    let home = Home::new();
    assert_eq!(
        home.run(&["call", "add", "a=1", "b=2.5"]).success(),
        "3.5\n"
    );
    let order = [
        "kind=Green",
        "cup.size=200",
        "cup.milk=no",
        "notes=hot",
        "notes:=[\"fast\"]",
    ];
    let words: Vec<&str> = ["call", "order"].into_iter().chain(order).collect();
    let text = "green tea of 200 ml without milk; fast\n";
    assert_eq!(home.run(&words).success(), text);
    let input = r#"{ "kind": "Green", "cup": { "size": 200, "milk": false }, "notes": ["fast"] }"#;
    let from_input = home.run_with_input(&["call", "order", "-"], input);
    assert_eq!(from_input.success(), text);
    let from_option = home.run(&["call", "order", "cup.size=200", "--json", input]);
    assert_eq!(from_option.success(), text);
}

#[test]
fn prompts_and_resources_are_printed() {
    let home = Home::new();
    let prompt = home.run(&["call", "--prompt", "please", "kind=black"]);
    assert_eq!(prompt.success(), "A cup of black tea, please.\n");
    let after = home.run(&[
        "call",
        "please",
        "kind=black",
        "--prompt",
        "--output",
        "json",
    ]);
    assert_eq!(
        after.json(),
        json!({ "messages": [{
            "role": "user",
            "content": { "type": "text", "text": "A cup of black tea, please." },
        }] })
    );
    let other = home.run(&["call", "--prompt", "please", "kind:=7", "--", PROGRAM]);
    assert_eq!(other.success(), "A cup of 7 tea, please.\n");
    for (words, code, problem) in [
        (
            &["call", "--prompt", "pleas"][..],
            2,
            "error: the server has no prompt `pleas`; did you mean `please`?\n",
        ),
        (
            &["call", "--prompt", "please", "kin=black"],
            2,
            "error: unknown argument `kin`; did you mean `kind`?\n",
        ),
        (
            &["call", "--prompt", "please"],
            1,
            "error: kind: required argument is missing (-32602)\n",
        ),
    ] {
        assert_eq!(home.run(words).failure(code), problem);
    }

    let resource = home.run(&["call", "--resource", "menu://today"]);
    assert_eq!(resource.success(), "tea\n");
    let template = home.run(&["call", "price://black", "--resource", "--output", "json"]);
    assert_eq!(template.json()["contents"][0]["text"], "500 cents");
    let unknown = home.run(&["call", "--resource", "menu://yesterday"]);
    assert!(
        unknown.failure(1).contains("menu://yesterday"),
        "{unknown:?}"
    );
    let arguments = home.run(&["call", "--resource", "menu://today", "a=1"]);
    assert!(
        arguments.failure(2).contains("cannot be used with"),
        "{arguments:?}"
    );
}

#[test]
fn a_prompt_in_a_terminal_is_the_text_alone() {
    let home = Home::new();
    let (transcript, code) = in_terminal(&home, &["call", "--prompt", "please", "kind=mint"], &[]);
    assert_eq!(
        (transcript.as_str(), code),
        ("A cup of mint tea, please.\n", 0)
    );
}

#[test]
fn mistakes_in_arguments_are_reported_together_and_call_nothing() {
    let home = Home::new();
    let ended = home.run(&["call", "order", "kind=Red", "cup.size=big", "cups=1", "x"]);
    assert_eq!(
        ended.failure(2),
        "\
error: `kind`: `Red` is not one of Black, Green
`cup.size`: `big` is not a whole number
unknown argument `cups`; did you mean `cup`?
`x` is not an argument; write `key=value`, or `key:=json` for JSON
"
    );
    for (words, problem) in [
        (
            &["call", "ad"][..],
            "the server has no tool `ad`; did you mean `add`?",
        ),
        (
            &["call", "add", "--json", "[]"],
            "--json: the arguments are not a JSON object",
        ),
        (&["call", "add", "-"], "standard input: invalid JSON: EOF"),
        (&["call", "add", "-", "--json", "{}"], "use one of them"),
        (&["call", "add", "--header", "a: b"], "--url"),
    ] {
        let ended = home.run(words);
        assert!(ended.failure(2).contains(problem), "{ended:?}");
    }
    // The server itself reports what the schema requires.
    let missing = home.run(&["call", "add", "a=1"]);
    assert!(
        missing
            .failure(1)
            .contains("b: required argument is missing"),
        "{missing:?}"
    );
}

#[test]
fn a_whole_result_is_json() {
    let home = Home::new();
    let result = home
        .run(&["call", "add", "a=1", "b=2", "--output", "json"])
        .json();
    assert_eq!(
        result,
        json!({
            "content": [{ "type": "text", "text": "3.0" }],
            "isError": false,
            "structuredContent": { "result": 3.0 },
        })
    );
    let failed = home.run(&["call", "fail", "--output", "json"]);
    assert_eq!((failed.code, failed.err.as_str()), (Some(1), ""));
    assert!(failed.out.contains("\"isError\": true"), "{failed:?}");
}

#[test]
fn text_of_servers_cannot_command_a_terminal() {
    let home = Home::new();
    let shown = "title \\u{1b}]0;owned\\u{7}, colour \\u{1b}[31m and \\u{9b}31m, back\\u{d}space\\u{8}, \
                 \\u{202e}reversed";
    let (transcript, code) = in_terminal(&home, &["call", "hostile"], &[]);
    assert_eq!((transcript.as_str(), code), (&*format!("{shown}\n"), 0));
    let (transcript, code) = in_terminal(&home, &["call", "fail"], &[]);
    assert_eq!(
        (transcript.as_str(), code),
        ("\\e[31merror\\e[0m: no \\u{1b}[31mtea\n", 1)
    );
    for words in [
        &["call", "hostile", "--output", "json"][..],
        &["call", "hostile"],
    ] {
        let ended = home.run(words);
        let is_control = |it: char| it.is_control() && it != '\n';
        assert!(!ended.success().contains(is_control), "{ended:?}");
    }
}

#[test]
fn questions_are_asked_in_the_terminal() {
    let home = Home::new();
    let words = ["call", "delete", "file=a.txt"];
    let asked = "\\e[33m?\\e[0m Delete a.txt?\n  (yes or no): ";
    for (steps, answered, code) in [
        (&[("no): ", "yes\n")][..], "yes\ndeleted\n", 0),
        (
            &[("no): ", "maybe\n"), ("no): ", "\n"), ("no): ", "n\n")],
            "maybe\n  `maybe` is not `true` or `false`\n  (yes or no): \n  an answer is required; `!` declines the \
             question\n  (yes or no): n\nkept\n",
            0,
        ),
        (
            &[("no): ", "!\n")],
            "!\n\\e[31merror\\e[0m: the user declined\n",
            1,
        ),
        (
            &[("no): ", "\u{4}")],
            "\n\\e[31merror\\e[0m: the user cancelled\n",
            1,
        ),
    ] {
        let (transcript, ended) = in_terminal(&home, &words, steps);
        // The terminal may show the end of the input.
        let transcript = transcript.replace("^D\u{8}\u{8}", "");
        assert_eq!((transcript, ended), (format!("{asked}{answered}"), code));
    }
}

#[test]
fn scripts_are_asked_nothing() {
    let home = Home::new();
    let words = ["call", "delete", "file=a.txt", "--no-input"];
    let (transcript, code) = in_terminal(&home, &words, &[]);
    let problem = "error\\e[0m: the client has not declared support for elicitation\n";
    assert_eq!((transcript, code), (format!("\\e[31m{problem}"), 1));
    // Without a terminal, nobody could answer.
    let piped = home.run_with_input(&["call", "delete", "file=a.txt"], "yes\n");
    assert!(
        piped.failure(1).contains("support for elicitation"),
        "{piped:?}"
    );
}

#[test]
fn progress_is_a_bar_in_a_terminal_only() {
    let home = Home::new();
    let (transcript, code) = in_terminal(&home, &["call", "count"], &[]);
    let bar = |done: usize| {
        let (full, rest) = ("#".repeat(done * 10), ".".repeat(30 - done * 10));
        format!("⟲\\e[36mcount [{full}{rest}] {done}/3 counting\\e[0m")
    };
    assert_eq!(
        (transcript, code),
        (format!("{}{}{}⟲3\n", bar(1), bar(2), bar(3)), 0)
    );
    let piped = home.run(&["call", "count"]);
    assert_eq!((piped.success(), piped.err.as_str()), ("3\n", ""));
}

#[test]
fn a_call_that_becomes_a_task_is_followed() {
    let home = Home::new();
    for target in [&[][..], &["--", PROGRAM]] {
        let words = ["call", "approve", "amount=3"].iter().chain(target);
        let words: Vec<&str> = words.copied().collect();
        let quiet = Home::new().with("FASTMCP_LOG_LEVEL", "off");
        let (transcript, code) = in_terminal(&quiet, &words, &[("no): ", "yes\n")]);
        let working = "⟲\\e[36mapprove working\\e[0m⟲";
        assert_eq!(
            (transcript, code),
            (
                format!(
                    "{working}\\e[33m?\\e[0m Approve 3?\n  (yes or no): yes\n{working}approved\n"
                ),
                0
            )
        );
    }
    let refused = home.run(&["call", "approve", "amount=3"]);
    assert!(refused.failure(1).contains("elicitation"), "{refused:?}");
}

#[test]
fn an_interrupted_call_ends_with_130() {
    let home = Home::new();
    let (transcript, code) =
        in_terminal(&home, &["call", "delete", "file=x"], &[("no): ", "\u{3}")]);
    let asked = "\\e[33m?\\e[0m Delete x?\n  (yes or no): ";
    assert_eq!((transcript, code), (format!("{asked}^Cinterrupted\n"), 130));
    let (transcript, code) = in_terminal(&home, &["call", "wait"], &[("waiting", "\u{3}")]);
    assert_eq!(
        (transcript.as_str(), code),
        ("⟲\\e[36mwait waiting\\e[0m^C⟲interrupted\n", 130)
    );
}

/// A server over HTTP that is stopped at the end.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn serve_http(home: &Home) -> Served {
    let mut child = home.start(&["serve", "--http", "127.0.0.1:0"]);
    let log = child.stderr.take().expect("the log is a pipe");
    let line = BufReader::new(log)
        .lines()
        .next()
        .expect("a line")
        .expect("text");
    let (_, url) = line.split_once("serves ").expect("the address");
    let (url, _) = url.split_once(';').expect("the end of the address");
    let url = url.to_owned();
    Served { child, url }
}

#[test]
fn other_servers_are_called_over_http() {
    let home = Home::new();
    let served = serve_http(&home);
    let url = served.url.as_str();
    assert_eq!(
        home.run(&["call", "add", "a=1", "b=2", "--url", url])
            .success(),
        "3.0\n"
    );
    let words = ["call", "approve", "amount=3", "--url", url];
    let (transcript, code) = in_terminal(&home, &words, &[("no): ", "n\n")]);
    assert_eq!(code, 0, "{transcript}");
    assert!(transcript.ends_with("⟲refused\n"), "{transcript}");
    let failed = home.run(&["call", "fail", "--url", url]);
    assert_eq!(failed.failure(1), "error: no \\u{1b}[31mtea\n");
    assert_eq!(
        home.run(&["list", "--url", url]).success(),
        home.run(&["list"]).out
    );
    let unset = home.run(&["list", "--url", url, "--token-env", "NO_TOKEN"]);
    assert!(
        unset.failure(2).contains("`--token-env NO_TOKEN`"),
        "{unset:?}"
    );
}

#[test]
fn servers_that_cannot_be_reached_are_errors() {
    let home = Home::new();
    for (target, problem) in [
        (
            &["--url", "http://127.0.0.1:1/mcp"][..],
            "http://127.0.0.1:1/mcp: connection error: error sending request for url (http://127.0.0.1:1/mcp): \
             client error (Connect): tcp connect error: Connection refused",
        ),
        (
            &["--url", "https://127.0.0.1:1/mcp"],
            "this program has no TLS for `https` URLs: add `reqwest = \"0.13\"`",
        ),
        (
            &["--", "false"],
            "false: connection error: the server has closed the connection",
        ),
        (
            &["--", "./no-such-program"],
            "./no-such-program: connection error",
        ),
    ] {
        let words = ["call", "add"].iter().chain(target);
        let ended = home.run(&words.copied().collect::<Vec<_>>());
        assert!(ended.failure(3).contains(problem), "{ended:?}");
    }
}

//! `docket`: the queue of background work, in memory and in a file.

use std::io::{BufRead, BufReader};
use std::process::Child;

use serde_json::{Value, json};

use crate::run::Home;
use crate::terminal::{Terminal, in_terminal};

/// A worker that is stopped at the end.
struct Working(Child);

impl Drop for Working {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a worker, and waits until it has logged its start.
fn work(home: &Home) -> Working {
    let mut child = home.start(&["worker"]);
    let log = child.stderr.take().expect("the log is a pipe");
    // A task that is due can fail, and be logged, before the worker logs its start.
    let mut lines = BufReader::new(log).lines().map(|line| line.expect("text"));
    let started = lines.any(|line| line.contains("serves no clients"));
    assert!(started, "the worker ends without a start");
    Working(child)
}

fn mail(home: &Home, to: &str) -> String {
    let ended = home.run(&["call", "mail", &format!("to={to}")]);
    ended.success().trim().to_owned()
}

#[test]
fn a_docket_in_memory_ends_with_its_process_and_says_so() {
    let home = Home::new();
    let stats = home.run(&["docket", "stats", "--json"]);
    assert_eq!(stats.json()["counts"]["queued"], 0);
    assert!(
        stats
            .err
            .contains("a docket in memory lives in one process"),
        "{stats:?}"
    );
    assert!(
        stats.err.contains("FASTMCP_DOCKET_URL=sqlite://"),
        "{stats:?}"
    );
    let missing = home.run(&["docket", "get", "a"]);
    assert!(
        missing.failure(1).contains("no execution with the key `a`"),
        "{missing:?}"
    );

    for (to, ended) in [
        ("a@b", "completed"),
        ("nobody", "failed: `nobody` is no address"),
    ] {
        let called = home.run(&["call", "mail", &format!("to={to}")]);
        let key = called.success().trim();
        let note = format!(
            "note: task `send_mail` (key {key}) {ended}; its docket is in memory and ends with this command, and \
             FASTMCP_DOCKET_URL=sqlite://… keeps it\n"
        );
        assert_eq!(called.err, note);
    }
    let off = Home::new().with("FASTMCP_DOCKET_URL", "redis://127.0.0.1:1");
    assert!(
        off.run(&["docket", "workers"])
            .failure(3)
            .contains("FASTMCP_DOCKET_URL")
    );
}

#[test]
fn executions_are_listed_followed_and_purged() {
    let home = Home::with_docket();
    assert_eq!(home.run(&["docket", "list"]).success(), "no executions\n");
    // A call leaves the tasks of a shared docket to workers.
    let (sent, failed) = (mail(&home, "a@b"), mail(&home, "nobody"));
    let queued = home
        .run(&["docket", "list", "--state", "queued", "--json"])
        .json();
    let keys = queued["executions"].as_array().expect("a list").iter();
    let keys: Vec<&Value> = keys.map(|it| &it["key"]).collect();
    assert_eq!(keys, [&json!(sent), &json!(failed)]);
    let first = home
        .run(&["docket", "list", "--limit", "1", "--json"])
        .json();
    let place = first["next"].to_string();
    let second = home
        .run(&["docket", "list", "--after", &place, "--json"])
        .json();
    assert_eq!(second["executions"][0]["key"], failed.as_str());

    let waiting = home.run(&["docket", "result", &sent]);
    assert!(
        waiting.failure(1).contains("the execution is queued"),
        "{waiting:?}"
    );
    let worker = work(&home);
    let result = home.run(&["docket", "result", &sent, "--wait"]);
    assert_eq!(result.success(), "\"sent to a@b\"\n");
    let (transcript, code) = in_terminal(&home, &["docket", "watch", &failed], &[]);
    assert_eq!(code, 1, "{transcript}");
    let end = "\\e[31mfailed\\e[0m send_mail: `nobody` is no address\n";
    assert!(transcript.ends_with(end), "{transcript}");
    let workers = home.run(&["docket", "workers", "--json"]).json();
    assert_eq!(workers.as_array().map(Vec::len), Some(1));
    drop(worker);

    let record = home.run(&["docket", "get", &failed, "--json"]).json();
    assert_eq!(
        (&record["state"], &record["attempt"]),
        (&json!("failed"), &json!(1))
    );
    let stats = home.run(&["docket", "stats", "--json"]).json();
    assert_eq!(
        (&stats["shared"], &stats["deadLetters"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(stats["tasks"][0]["counts"]["completed"], 1);
    let all = home.run(&["docket", "purge"]);
    assert!(all.failure(2).contains("`--all`"), "{all:?}");
    let purged = home
        .run(&["docket", "purge", "--state", "completed", "--json"])
        .json();
    assert_eq!(purged, json!({ "changed": 1, "skipped": 0 }));
    let gone = home.run(&["docket", "get", &sent]);
    assert!(
        gone.failure(1).contains("its record has expired"),
        "{gone:?}"
    );
}

#[test]
fn dead_letters_are_replayed_and_retried() {
    let home = Home::with_docket();
    let key = mail(&home, "nobody");
    let worker = work(&home);
    assert_eq!(home.run(&["docket", "watch", &key]).code, Some(1));
    drop(worker);
    let dead = home.run(&["docket", "dead", "--json"]).json();
    assert_eq!(dead["executions"][0]["key"], key.as_str());
    let replayed = home.run(&["docket", "replay", &key]);
    assert_eq!(
        replayed.success(),
        format!("{key}: `send_mail` is submitted again\n")
    );
    let again = home.run(&["docket", "replay", "unknown"]);
    assert!(
        again
            .failure(1)
            .contains("no dead letter with the key `unknown`"),
        "{again:?}"
    );
    let cancelled = home.run(&["docket", "cancel", &key]);
    assert_eq!(cancelled.success(), format!("{key}: cancelled\n"));
    let unknown = home.run(&["docket", "cancel", &key]);
    assert!(
        unknown
            .failure(1)
            .contains("no such key, or its execution has ended"),
        "{unknown:?}"
    );
    let none = home.run(&["docket", "retry", "--task", "send_mail"]);
    assert_eq!(none.success(), "0 submitted again\n");
}

#[test]
fn a_docket_is_paused_and_tasks_are_struck_for_all_processes() {
    let home = Home::with_docket();
    home.run(&["docket", "pause"]).success();
    home.run(&["docket", "strike", "send_mail"]).success();
    let stats = home.run(&["docket", "stats", "--json"]).json();
    assert_eq!(
        (&stats["paused"], &stats["struck"]),
        (&json!(true), &json!(["send_mail"]))
    );
    let key = mail(&home, "a@b");
    let _worker = work(&home);
    let mut watch = Terminal::start(&home, &["docket", "watch", &key]);
    watch.wait_for("queued send_mail\r\n");
    home.run(&["docket", "restore", "send_mail"]).success();
    home.run(&["docket", "resume"]).success();
    let (transcript, code) = watch.end();
    assert_eq!(code, 0, "{transcript}");
    assert!(
        transcript.contains("\\e[32mcompleted\\e[0m send_mail\n"),
        "{transcript}"
    );
    let stats = home.run(&["docket", "stats"]);
    assert!(!stats.success().contains("paused"), "{stats:?}");
}

#[test]
fn changes_are_printed_as_json() {
    let home = Home::with_docket();
    let json = |words: &[&str]| {
        let words: Vec<&str> = ["docket"].iter().chain(words).copied().collect();
        home.run(&[&words[..], &["--json"]].concat())
    };
    assert_eq!(json(&["pause"]).json(), json!({ "paused": true }));
    let struck = json(&["strike", "send_mail", "other"]).json();
    assert_eq!(
        struck,
        json!([{ "task": "send_mail", "struck": true }, { "task": "other", "struck": true }])
    );
    let restored = json(&["restore", "send_mail"]).json();
    assert_eq!(restored, json!([{ "task": "send_mail", "struck": false }]));
    assert_eq!(json(&["resume"]).json(), json!({ "paused": false }));
    let key = mail(&home, "nobody");
    // The exit code says that one of them is missing, and the output which.
    let cancelled = json(&["cancel", &key, "missing"]);
    assert_eq!(cancelled.code, Some(1), "{cancelled:?}");
    let answers: serde_json::Value = serde_json::from_str(&cancelled.out).unwrap();
    assert_eq!(
        answers,
        json!([{ "key": key, "outcome": "cancelled" }, { "key": "missing", "outcome": "unknown" }])
    );
    let failed = mail(&home, "nobody");
    let worker = work(&home);
    assert_eq!(home.run(&["docket", "watch", &failed]).code, Some(1));
    drop(worker);
    let replayed = json(&["replay", &failed, "missing"]);
    assert_eq!(replayed.code, Some(1), "{replayed:?}");
    let answers: serde_json::Value = serde_json::from_str(&replayed.out).unwrap();
    assert_eq!(
        answers,
        json!([{ "key": failed, "task": "send_mail", "outcome": "submitted" }])
    );
}

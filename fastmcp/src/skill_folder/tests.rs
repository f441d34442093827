//! Tests of the rules for folders of skills. The macros share the rules, not the tests.

use super::fault::SkillProblem;
use super::scalar;
use super::value::Value;
use super::yaml::{Problem, read};

#[test]
fn plain_scalars_have_the_types_of_the_core_schema() {
    let text = |text: &str| Value::Text(text.to_owned());
    for (source, expected) in [
        ("yes", text("yes")),
        ("on", text("on")),
        ("2026-01-01", text("2026-01-01")),
        ("1_000", text("1_000")),
        ("12:30:45", text("12:30:45")),
        ("0b11", text("0b11")),
        ("-0x1", text("-0x1")),
        ("+", text("+")),
        (".", text(".")),
        ("e5", text("e5")),
        ("1e", text("1e")),
        ("inf", text("inf")),
        ("nan", text("nan")),
        ("010", Value::Integer(10)),
        ("0o10", Value::Integer(8)),
        ("0xfF", Value::Integer(255)),
        ("-7", Value::Integer(-7)),
        ("+7", Value::Integer(7)),
        ("1.0", Value::Float(1.0)),
        (".5", Value::Float(0.5)),
        ("1.", Value::Float(1.0)),
        ("-2e3", Value::Float(-2000.0)),
        ("TRUE", Value::Bool(true)),
        ("~", Value::Null),
        ("", Value::Null),
    ] {
        assert_eq!(scalar::plain(source), Ok(expected), "{source}");
    }
    for source in [".inf", "-.INF", ".nan", "1e999"] {
        let expected = SkillProblem::NotFinite(source.to_owned());
        assert_eq!(scalar::plain(source), Err(expected));
    }
}

fn problem(source: &str) -> Problem {
    read(source).expect_err(source)
}

#[test]
fn features_that_json_does_not_have_are_refused_with_their_line() {
    let unsupported = |line, feature| (line, SkillProblem::Unsupported(feature));
    for (source, expected) in [
        ("a: 1\nb: &x 2", unsupported(2, "an anchor")),
        ("a: &x 1\nb: *x", unsupported(1, "an anchor")),
        ("a: 1\nb: !!str 2", unsupported(2, "a tag")),
        ("a: !x [1]", unsupported(1, "a tag")),
        ("a: 1\n---\nb: 2", unsupported(2, "a second document")),
        (
            "a: 1\nb: 2\na: 3",
            (3, SkillProblem::DuplicateKey("a".into())),
        ),
        (
            "a: 1\n\"a\": 3",
            (2, SkillProblem::DuplicateKey("a".into())),
        ),
        ("1: a", (1, SkillProblem::KeyNotText("1".into()))),
        ("? [a]\n: b", (1, SkillProblem::KeyNotText("…".into()))),
        ("a:\n  - .inf", (2, SkillProblem::NotFinite(".inf".into()))),
    ] {
        assert_eq!(problem(source), expected, "{source}");
    }
    let (line, error) = problem("a: b\nc: \"d");
    assert!(
        line >= 2 && matches!(error, SkillProblem::Yaml(_)),
        "{line} {error}"
    );
    let nested = format!("a: {}", "[".repeat(40));
    assert_eq!(problem(&nested), (1, SkillProblem::TooNested));
}

#[test]
fn text_keeps_its_lines_and_quotes_make_text() {
    let source = "a: |\n  one\n  two\nb: >-\n  one\n  two\nc: '010'\nd: \"a\\tb\"\ne: one\n  two\nf: [x, {y: z}]\n";
    let Value::Map(fields) = read(source).unwrap().value else {
        panic!("a mapping");
    };
    let text = |index: usize| fields[index].node.value.as_text().unwrap().to_owned();
    let texts: Vec<String> = (0..5).map(text).collect();
    assert_eq!(texts, ["one\ntwo\n", "one two", "010", "a\tb", "one two"]);
    assert_eq!(fields[5].line, 11);
}

#[test]
fn no_text_panics() {
    let alphabet: Vec<char> = "ab:-?[]{},|>&*!#%@`'\"\n \t0.é\u{feff}\r~"
        .chars()
        .collect();
    fastrand::seed(11);
    for _ in 0..50_000 {
        let source: String = (0..fastrand::usize(..24))
            .map(|_| alphabet[fastrand::usize(..alphabet.len())])
            .collect();
        let _ = read(&source);
    }
}

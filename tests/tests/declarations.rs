//! Invalid declarations that the compiler cannot detect are refused at the start, with file and line.

use std::process::Command;

#[test]
fn invalid_declarations_stop_the_start() {
    for (mistake, expected) in [
        (
            "input",
            "tool `input` (tests/src/bin/bad_declaration.rs:15): its `input_schema` has to describe an object",
        ),
        (
            "unlisted",
            "parameter `name` is required, and the `properties` of its `input_schema` lack it",
        ),
        ("output", "its `output_schema` has to describe an object"),
        (
            "meta",
            "prompt `meta` (tests/src/bin/bad_declaration.rs:28): its `meta` has to be a JSON object, and is 7",
        ),
        (
            "pattern",
            "parameter `name`: its `pattern` is no regular expression",
        ),
        (
            "range",
            "parameter `number`: no number is at least 3 and at most 2",
        ),
        (
            "asked",
            "parameter `words` cannot be asked for in a form: it is a list of other things than choices",
        ),
        (
            "ttl",
            "the `ttl` of its tasks has to be between a millisecond and a year, and is 31708800s",
        ),
        (
            "default",
            "parameter `number`: its default is outside its own limits",
        ),
        (
            "own type",
            "parameter `word`: `min`, `max` and `range` are for numbers, and `bad_declaration::Word` is sent as JSON of type `string`",
        ),
        (
            "endless",
            "parameter `number`: its `min` or `max` is not finite: leave it out",
        ),
    ] {
        let run = Command::new(env!("CARGO_BIN_EXE_bad_declaration"))
            .arg(mistake)
            .output()
            .expect(mistake);
        let error = String::from_utf8_lossy(&run.stderr);
        assert!(
            !run.status.success() && error.contains(expected),
            "{mistake}: {error}"
        );
    }
    let run = Command::new(env!("CARGO_BIN_EXE_bad_declaration"))
        .output()
        .expect("none");
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

//! Invalid declarations that the compiler cannot detect are refused at start-up, with file and line.

use std::process::Command;

#[test]
#[allow(clippy::too_many_lines)] // It is a table.
fn an_invalid_declaration_prevents_the_start() {
    for (mistake, expected) in [
        (
            "input",
            "tool `input` (tests/src/bin/bad_declaration.rs:15): its `input_schema` must describe an object",
        ),
        (
            "unlisted",
            "parameter `name` is required, but missing from the `properties` of the `input_schema`",
        ),
        ("output", "its `output_schema` must describe an object"),
        (
            "meta",
            "prompt `meta` (tests/src/bin/bad_declaration.rs:28): `meta` must be a JSON object, got 7",
        ),
        (
            "pattern",
            "parameter `name`: `pattern` is not a valid regular expression",
        ),
        (
            "range",
            "parameter `number`: `min` 3 is greater than `max` 2",
        ),
        (
            "asked",
            "parameter `words` with `ask` cannot be represented as a form: it is a list of other values than choices",
        ),
        (
            "ttl",
            "the `ttl` of tasks must be between a millisecond and a year, got 31708800s",
        ),
        (
            "default",
            "parameter `number`: the default value violates the limits",
        ),
        (
            "own type",
            "parameter `word`: `min`, `max` and `range` apply to numbers, but `bad_declaration::Word` is encoded as JSON type `string`",
        ),
        (
            "endless",
            "parameter `number`: `min` or `max` is not finite; remove it",
        ),
        (
            "root",
            "tool `root` (tests/src/bin/bad_declaration.rs:73): its `input_schema` has `anyOf` at its root",
        ),
        (
            "root of a definition",
            "tool `root_of_a_definition` (tests/src/bin/bad_declaration.rs:92): its `input_schema` has \
             `anyOf` at its root",
        ),
        (
            "properties",
            "the `properties` of its `input_schema` must be an object, which maps the name of each \
             argument to its schema (root-object); got [\"a\"]",
        ),
        (
            "nullable root",
            "its `input_schema` must describe an object, with `\"type\": \"object\"` at its root",
        ),
        (
            "names inside",
            "field `list[].*.a b`: Anthropic and Gemini refuse the tools of the whole server if the \
             name of a field is not 1 to 64 ASCII letters, digits, `_`, `.` or `-` (property-name): \
             give it another name in the `input_schema`",
        ),
        (
            "declared name",
            "tool `declared_name` (tests/src/bin/bad_declaration.rs:79): parameter `first name`: ",
        ),
        (
            "nested name",
            "field `people[].größe`: Anthropic and Gemini refuse the tools of the whole server",
        ),
        (
            "repeated argument",
            "parameter `all`: field `[].id` of `alloc::vec::Vec<bad_declaration::Both>` exists twice",
        ),
        (
            "optional argument",
            "parameter `all`: field `id` of `bad_declaration::Optional` exists twice",
        ),
        ("optional result", "its result: field `[].id` exists twice"),
        (
            "around argument",
            "parameter `one`: field `id` of `core::option::Option<bad_declaration::Around>` exists twice",
        ),
        ("repeated result", "its result: field `id` exists twice"),
        (
            "large argument",
            "parameter `number`: the value of `core::option::Option<u128>` is an integer of 128 bits",
        ),
        (
            "large result",
            "its result: the value is an integer of 128 bits",
        ),
        (
            "similar names",
            "tool `read_file` (tests/src/bin/bad_declaration.rs:204): its name differs from that of the tool `read-File`",
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

//! Checks the fields of a frontmatter: the rules of Agent Skills and of SEP-2640.

use super::fault::SkillProblem;
use super::limits::{MAX_COMPATIBILITY, MAX_DESCRIPTION, MAX_NAME};
use super::value::{Field, Node, Value};
use super::yaml::Problem;

/// The prefix of keys in `metadata` that the protocol reserves.
const RESERVED: &str = "io.modelcontextprotocol/";

/// Returns all problems of the fields.
pub fn fields(fields: &[Field]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in ["name", "description"] {
        if !fields.iter().any(|it| it.key == name) {
            problems.push((1, SkillProblem::MissingField(name)));
        }
    }
    for field in fields {
        let rule = match field.key.as_str() {
            "name" => name(&field.node),
            "description" => text(&field.node, MAX_DESCRIPTION),
            "compatibility" => text(&field.node, MAX_COMPATIBILITY),
            "license" => text(&field.node, usize::MAX),
            "allowed-tools" => allowed_tools(&field.node),
            "metadata" => {
                problems.extend(metadata(&field.node));
                None
            }
            _ => None,
        };
        problems.extend(rule.map(|rule| problem(field.line, &field.key, rule)));
    }
    problems
}

fn problem(line: usize, field: &str, rule: String) -> Problem {
    let field = field.to_owned();
    (line, SkillProblem::Field { field, rule })
}

/// Returns whether the text can be the name of a skill.
pub fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(is_allowed)
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--")
}

fn name(node: &Node) -> Option<String> {
    let Some(name) = node.value.as_text() else {
        return Some(not_text(&node.value));
    };
    (!is_name(name)).then(|| {
        format!(
            "is `{name}`; use 1 to {MAX_NAME} lowercase ASCII letters, digits and single hyphens between them, as in \
             `refund-orders`"
        )
    })
}

fn not_text(value: &Value) -> String {
    format!("is {}; write text, in quotes if necessary", value.kind())
}

fn text(node: &Node, max: usize) -> Option<String> {
    let Some(text) = node.value.as_text() else {
        return Some(not_text(&node.value));
    };
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return Some("is empty; describe the skill".to_owned());
    }
    (characters > max).then(|| format!("has {characters} characters; write at most {max}"))
}

fn allowed_tools(node: &Node) -> Option<String> {
    let is_valid = match &node.value {
        Value::Text(_) => true,
        Value::List(tools) => tools.iter().all(|it| it.value.as_text().is_some()),
        _ => false,
    };
    (!is_valid).then(|| {
        "is neither text nor a list of texts; write the names of tools, as in `Read Grep`"
            .to_owned()
    })
}

fn metadata(node: &Node) -> Vec<Problem> {
    let Value::Map(fields) = &node.value else {
        let rule = format!(
            "is {}; write a mapping of texts to texts, as in `version: \"1.0\"`",
            node.value.kind()
        );
        return vec![problem(node.line, "metadata", rule)];
    };
    let mut problems = Vec::new();
    for field in fields {
        let path = format!("metadata.{}", field.key);
        let value = &field.node.value;
        if value.as_text().is_none() {
            // The official TypeScript client refuses the whole list of skills otherwise.
            let rule = format!(
                "is {}; write it in quotes, because hosts accept only text here",
                value.kind()
            );
            problems.push(problem(field.line, &path, rule));
        }
        if field.key.starts_with(RESERVED) {
            let rule = format!("begins with `{RESERVED}`, which is reserved; rename the key");
            problems.push(problem(field.line, &path, rule));
        }
    }
    problems
}

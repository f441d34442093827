//! Reads YAML as JSON has it: core schema types, and no anchors, aliases, tags, or keys that are not text.

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::fault::SkillProblem;
use super::limits::MAX_NESTING;
use super::scalar;
use super::value::{Field, Node, Value};

/// A problem and its line, starting at 1.
pub type Problem = (usize, SkillProblem);

/// A collection that is not complete.
enum Open {
    List(Vec<Node>, usize),
    Map {
        fields: Vec<Field>,
        line: usize,
        /// The key that waits for its value.
        key: Option<(String, usize)>,
    },
}

/// Reads the one document of `source`. Lines count from 1. An empty document is `null`.
pub fn read(source: &str) -> Result<Node, Problem> {
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<Node> = None;
    for event in Parser::new_from_str(source) {
        let (event, span): (Event<'_>, Span) = event.map_err(syntax)?;
        let line = span.start.line();
        let unsupported = |feature| Err((line, SkillProblem::Unsupported(feature)));
        let complete = match event {
            Event::Alias(_) => return unsupported("an alias"),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor != 0 =>
            {
                return unsupported("an anchor");
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => return unsupported("a tag"),
            Event::Scalar(text, style, ..) => {
                let value = match style {
                    ScalarStyle::Plain => scalar::plain(&text).map_err(|it| (line, it))?,
                    _ => Value::Text(text.clone().into_owned()),
                };
                if let Some(Open::Map { fields, key, .. }) = open.last_mut()
                    && key.is_none()
                {
                    *key = Some(new_key(value, &text, line, fields)?);
                    continue;
                }
                Node { value, line }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if let Some(Open::Map { key: None, .. }) = open.last() {
                    return Err((line, SkillProblem::KeyNotText("…".to_owned())));
                }
                if open.len() >= MAX_NESTING {
                    return Err((line, SkillProblem::TooNested));
                }
                open.push(match event {
                    Event::SequenceStart(..) => Open::List(Vec::new(), line),
                    _ => Open::Map {
                        fields: Vec::new(),
                        line,
                        key: None,
                    },
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items, line)) => Node {
                    value: Value::List(items),
                    line,
                },
                Some(Open::Map { fields, line, .. }) => Node {
                    value: Value::Map(fields),
                    line,
                },
                None => continue,
            },
            Event::DocumentStart(_) if root.is_some() => {
                return unsupported("a second document");
            }
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::List(items, _)) => items.push(complete),
            Some(Open::Map { fields, key, .. }) => {
                if let Some((key, line)) = key.take() {
                    let node = complete;
                    fields.push(Field { key, line, node });
                }
            }
            None => root = Some(complete),
        }
    }
    Ok(root.unwrap_or(Node {
        value: Value::Null,
        line: 1,
    }))
}

fn new_key(
    value: Value,
    text: &str,
    line: usize,
    fields: &[Field],
) -> Result<(String, usize), Problem> {
    let Value::Text(key) = value else {
        return Err((line, SkillProblem::KeyNotText(text.to_owned())));
    };
    if fields.iter().any(|it| it.key == key) {
        return Err((line, SkillProblem::DuplicateKey(key)));
    }
    Ok((key, line))
}

fn syntax(error: ScanError) -> Problem {
    let line = error.marker().line();
    (line, SkillProblem::Yaml(error.info().to_owned()))
}

//! [`Choices`]: the values of an argument that its type lists, which complete without a function.

use serde_json::{Map, Value};

use crate::call::parameter_entry::ParameterEntry;
use crate::call::portable::nodes::type_of;
use crate::call::schema;
use crate::component::completion::Completions;

/// The texts that stand for the values of an argument.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Choices {
    /// One of these: an enum without data, or a `bool`.
    One(Vec<String>),
    /// A JSON array of these: a list of an enum without data.
    List(Vec<String>),
}

impl Choices {
    /// Returns the choices of an argument; `None` if its type lists none.
    pub(crate) fn of(parameter: &ParameterEntry) -> Option<Self> {
        if !parameter.is_argument() {
            return None;
        }
        let schema = schema::argument(parameter);
        if let Some(names) = names(&schema) {
            return Some(Self::One(names));
        }
        if type_of(&schema) == Some("boolean") {
            return Some(Self::One(vec!["true".to_owned(), "false".to_owned()]));
        }
        let items = schema
            .get("items")
            .filter(|_| type_of(&schema) == Some("array"));
        names(items?.as_object()?).map(Self::List)
    }

    /// Returns the choices that continue the text of the user, ignoring case.
    pub(crate) fn complete(&self, text: &str) -> Completions {
        match self {
            Self::One(names) => Completions::new(continuing(names, text)).truncated(),
            Self::List(names) => {
                let (known, last) = split_list(text);
                let is_new = |name: &&String| !known.contains(*name);
                let names: Vec<String> = names.iter().filter(is_new).cloned().collect();
                let list = |name: String| {
                    let mut values = known.clone();
                    values.push(name);
                    Value::from(values).to_string()
                };
                Completions::new(continuing(&names, last).map(list)).truncated()
            }
        }
    }
}

/// Returns the strings of an `enum`.
fn names(schema: &Map<String, Value>) -> Option<Vec<String>> {
    let values = schema.get("enum")?.as_array()?;
    let names = values.iter().map(|it| it.as_str().map(str::to_owned));
    names.collect()
}

/// Returns the names that start with the text.
fn continuing<'a>(names: &'a [String], text: &str) -> impl Iterator<Item = String> + use<'a> {
    let text = text.trim().to_lowercase();
    let starts = move |name: &&String| name.to_lowercase().starts_with(&text);
    names.iter().filter(starts).cloned()
}

/// Splits the beginning of a JSON array of strings into its complete elements and the text of the last one.
fn split_list(text: &str) -> (Vec<String>, &str) {
    let mut rest = text.trim().trim_start_matches('[').trim_start();
    let mut known = Vec::new();
    loop {
        let mut elements = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        let Some(Ok(element)) = elements.next() else {
            break;
        };
        rest = rest[elements.byte_offset()..].trim_start();
        known.push(element);
        let Some(more) = rest.strip_prefix(',') else {
            rest = rest.trim_start_matches(']');
            break;
        };
        rest = more.trim_start();
    }
    (known, rest.trim_start_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(choices: &Choices, text: &str) -> Vec<String> {
        choices.complete(text).values
    }

    #[test]
    fn one_choice_continues_the_text() {
        let choices = Choices::One(vec!["Small".into(), "smaller".into(), "Large".into()]);
        assert_eq!(complete(&choices, ""), ["Small", "smaller", "Large"]);
        assert_eq!(complete(&choices, " sm"), ["Small", "smaller"]);
        assert!(complete(&choices, "x").is_empty());
    }

    #[test]
    fn a_list_continues_after_its_complete_elements() {
        let choices = Choices::List(vec!["a".into(), "b\"c".into(), "bd".into()]);
        assert_eq!(
            complete(&choices, ""),
            [r#"["a"]"#, r#"["b\"c"]"#, r#"["bd"]"#]
        );
        assert_eq!(complete(&choices, "["), complete(&choices, ""));
        assert_eq!(complete(&choices, r#"["b"#), [r#"["b\"c"]"#, r#"["bd"]"#]);
        for text in [
            r#"["a", "#,
            r#"["a","#,
            r#"["a""#,
            r#"["a"]"#,
            r#"["a", "b"#,
        ] {
            assert_eq!(
                complete(&choices, text),
                [r#"["a","b\"c"]"#, r#"["a","bd"]"#],
                "{text}"
            );
        }
        for text in ["]", "[[", "{}", "\"", "[1", "é"] {
            let _ = complete(&choices, text);
        }
    }
}

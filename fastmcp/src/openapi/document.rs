//! [`Document`]: an `OpenAPI` document, and the references in it.

use std::collections::HashSet;

use serde_json::Value;

use crate::openapi::error::{Fault, OpenApiError};

/// The longest text in bytes. GitHub's document, one of the largest, has 12 MB.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// The most references that lead from one to the next.
const MAX_REFERENCES: usize = 32;

/// A document whose version is supported.
#[derive(Debug)]
pub(crate) struct Document {
    root: Value,
}

/// A value of the document, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Located<'d> {
    pub(crate) value: &'d Value,
    pub(crate) pointer: String,
}

impl<'d> Located<'d> {
    /// Returns a member.
    pub(crate) fn get(&self, name: &str) -> Option<Located<'d>> {
        Some(Located {
            value: self.value.get(name)?,
            pointer: format!("{}/{}", self.pointer, escape(name)),
        })
    }

    /// Returns the members of an object, or none for other values.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&'d str, Located<'d>)> + use<'d> {
        let pointer = self.pointer.clone();
        let members = self.value.as_object().into_iter().flatten();
        members.map(move |(name, value)| {
            let pointer = format!("{pointer}/{}", escape(name));
            (name.as_str(), Located { value, pointer })
        })
    }

    /// Returns the items of an array, or none for other values.
    pub(crate) fn items(&self) -> impl Iterator<Item = Located<'d>> + use<'d> {
        let pointer = self.pointer.clone();
        let items = self.value.as_array().into_iter().flatten();
        items.enumerate().map(move |(index, value)| Located {
            value,
            pointer: format!("{pointer}/{index}"),
        })
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'d str> {
        self.value.get(name)?.as_str()
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.value.get(name)?.as_bool()
    }
}

impl Document {
    pub(crate) fn parse(text: &str) -> Result<Self, OpenApiError> {
        if text.len() > MAX_BYTES {
            return Err(OpenApiError::TooLarge {
                bytes: text.len(),
                limit: MAX_BYTES,
            });
        }
        let text = text.trim_start_matches('\u{feff}');
        let root = serde_json::from_str(text).map_err(|error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            OpenApiError::Json {
                line: error.line(),
                column: error.column(),
                message: message.to_owned(),
            }
        })?;
        Self::new(root)
    }

    pub(crate) fn new(root: Value) -> Result<Self, OpenApiError> {
        if !root.is_object() {
            return Err(Fault::new("", "it is not an object; pass the whole document").into());
        }
        let version = root.get("openapi").and_then(Value::as_str);
        let minor = version.map(|it| it.split('.').take(2).collect::<Vec<_>>());
        if minor != Some(vec!["3", "0"]) && minor != Some(vec!["3", "1"]) {
            let swagger = root.get("swagger").and_then(Value::as_str);
            let found = match (version, swagger) {
                (Some(version), _) => format!("the version `{version}`"),
                (None, Some(version)) => format!("the version Swagger {version}"),
                (None, None) => "no member `openapi` with the version".to_owned(),
            };
            return Err(OpenApiError::Version { found });
        }
        if !root.get("paths").is_some_and(Value::is_object) {
            let problem = "it is missing or not an object; without paths, there are no tools";
            return Err(Fault::new("/paths", problem).into());
        }
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> Located<'_> {
        Located {
            value: &self.root,
            pointer: String::new(),
        }
    }

    /// Returns the value at a pointer that this document has.
    pub(crate) fn at(&self, pointer: &str) -> Option<Located<'_>> {
        Some(Located {
            value: self.root.pointer(pointer)?,
            pointer: pointer.to_owned(),
        })
    }

    /// Returns the value, or the one that it refers to.
    pub(crate) fn resolve<'d>(&'d self, at: Located<'d>) -> Result<Located<'d>, Fault> {
        let start = at.pointer.clone();
        let mut at = at;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = at.value.get("$ref") else {
                return Ok(at);
            };
            at = self.target(reference, &at.pointer)?;
        }
        Err(Fault::new(
            start,
            "its `$ref`s lead from one to the next without an end; write the value at one of them",
        ))
    }

    /// Returns whether each `$ref` of the document names a value that the document has. It takes one walk, so that the
    /// schemas of most documents need no check for each operation that uses them.
    pub(crate) fn has_all_targets(&self) -> bool {
        fn walk<'d>(document: &'d Document, value: &'d Value, seen: &mut HashSet<&'d str>) -> bool {
            match value {
                Value::Object(members) => {
                    let target = members.get("$ref").and_then(Value::as_str);
                    let is_valid = target.is_none_or(|reference| {
                        !seen.insert(reference) || {
                            let at = Located {
                                value,
                                pointer: String::new(),
                            };
                            document.resolve(at).is_ok()
                        }
                    });
                    is_valid && members.values().all(|value| walk(document, value, seen))
                }
                Value::Array(items) => items.iter().all(|value| walk(document, value, seen)),
                _ => true,
            }
        }
        walk(self, &self.root, &mut HashSet::new())
    }

    /// Returns the value that a reference names. `from` is the place of the reference.
    pub(crate) fn target(&self, reference: &Value, from: &str) -> Result<Located<'_>, Fault> {
        let Some(reference) = reference.as_str() else {
            return Err(Fault::new(from, "its `$ref` is not text"));
        };
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err(Fault::new(
                from,
                format!(
                    "its `$ref` names another document, `{reference}`, which is not loaded: bundle the document \
                     first, for example with `npx @redocly/cli bundle`"
                ),
            ));
        };
        let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        self.at(&pointer).ok_or_else(|| {
            Fault::new(
                from,
                format!("its `$ref` names `{reference}`, which the document does not have; add it, or correct the name"),
            )
        })
    }
}

/// Escapes a member's name for a JSON pointer (RFC 6901).
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

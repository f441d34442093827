//! Checks the parameters of requests that the protocol library cannot decode.
//!
//! The library decodes a request of a known method with unfit parameters as a request of an unknown
//! method. The tables below repeat the shapes of the protocol's schema, so that the error names the
//! member at fault.

use rmcp::ErrorData;
use rmcp::model::RequestId;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The shape of a value.
enum Shape {
    Text,
    Object,
    /// An object whose members are strings.
    Texts,
    /// One of these strings.
    Choice(&'static [&'static str]),
    /// An object with these members. It may have others.
    Members(&'static [Member]),
    /// An object whose member `type` selects its other members.
    Tagged(&'static [(&'static str, &'static [Member])]),
}

/// A member of an object.
struct Member {
    name: &'static str,
    shape: Shape,
    required: bool,
}

const fn required(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        shape,
        required: true,
    }
}

const fn optional(name: &'static str, shape: Shape) -> Member {
    Member {
        name,
        shape,
        required: false,
    }
}

const META: Member = optional("_meta", Shape::Object);
const CURSOR: Member = optional("cursor", Shape::Text);
const PAGE: &[Member] = &[CURSOR, META];
const URI: &[Member] = &[required("uri", Shape::Text), META];
const FOLDER: &[Member] = &[required("uri", Shape::Text), CURSOR, META];
const TASK: &[Member] = &[required("taskId", Shape::Text), META];
const LEVELS: &[&str] = &[
    "debug",
    "info",
    "notice",
    "warning",
    "error",
    "critical",
    "alert",
    "emergency",
];
const REFERENCES: &[(&str, &[Member])] = &[
    ("ref/prompt", &[required("name", Shape::Text)]),
    ("ref/resource", &[required("uri", Shape::Text)]),
];

/// The parameters of each method that the server answers.
const METHODS: &[(&str, &[Member])] = &[
    (
        "initialize",
        &[
            required("protocolVersion", Shape::Text),
            required("capabilities", Shape::Object),
            required(
                "clientInfo",
                Shape::Members(&[
                    required("name", Shape::Text),
                    required("version", Shape::Text),
                    optional("title", Shape::Text),
                ]),
            ),
            META,
        ],
    ),
    ("ping", &[META]),
    ("server/discover", &[META]),
    ("tools/list", PAGE),
    ("resources/list", PAGE),
    ("resources/templates/list", PAGE),
    ("prompts/list", PAGE),
    (
        "tools/call",
        &[
            required("name", Shape::Text),
            optional("arguments", Shape::Object),
            optional("inputResponses", Shape::Object),
            optional("requestState", Shape::Text),
            META,
        ],
    ),
    (
        "prompts/get",
        &[
            required("name", Shape::Text),
            optional("arguments", Shape::Object),
            optional("inputResponses", Shape::Object),
            optional("requestState", Shape::Text),
            META,
        ],
    ),
    (
        "resources/read",
        &[
            required("uri", Shape::Text),
            optional("inputResponses", Shape::Object),
            optional("requestState", Shape::Text),
            META,
        ],
    ),
    ("resources/subscribe", URI),
    ("resources/unsubscribe", URI),
    (
        "subscriptions/listen",
        &[required("notifications", Shape::Object), META],
    ),
    (
        "completion/complete",
        &[
            required("ref", Shape::Tagged(REFERENCES)),
            required(
                "argument",
                Shape::Members(&[
                    required("name", Shape::Text),
                    required("value", Shape::Text),
                ]),
            ),
            optional(
                "context",
                Shape::Members(&[optional("arguments", Shape::Texts)]),
            ),
            META,
        ],
    ),
    (
        "logging/setLevel",
        &[required("level", Shape::Choice(LEVELS)), META],
    ),
    ("skills/list", PAGE),
    ("skills/get", URI),
    ("resources/directory/read", FOLDER),
    ("tasks/get", TASK),
    ("tasks/cancel", TASK),
    (
        "tasks/update",
        &[
            required("taskId", Shape::Text),
            required("inputResponses", Shape::Object),
            META,
        ],
    ),
];

/// Returns the error of a request that the library decoded as one of an unknown method: -32602 if
/// only its parameters are unfit, else -32601.
pub(crate) fn refusal(method: &str, params: Option<&Value>) -> ErrorData {
    let Some((_, members)) = METHODS.iter().find(|(name, _)| *name == method) else {
        return unknown_method(method);
    };
    let mut errors = Vec::new();
    match params {
        None | Some(Value::Null) => {
            check_members(members, &Map::new(), "", &mut errors);
        }
        Some(Value::Object(object)) => check_members(members, object, "", &mut errors),
        Some(other) => errors.push(format!("params: expected object, got {}", kind(other))),
    }
    if errors.is_empty() {
        // The library is stricter than the tables.
        errors.push("a member has an unexpected type".to_owned());
    }
    let text = format!("invalid parameters of `{method}`: {}", errors.join("; "));
    ErrorData::invalid_params(text, None)
}

/// Returns the error of a request whose method does not exist.
pub(crate) fn unknown_method(method: &str) -> ErrorData {
    let text = format!("unknown method `{method}`");
    ErrorData::new(rmcp::model::ErrorCode::METHOD_NOT_FOUND, text, None)
}

/// Returns whether protocol 2026-07-28 removed the method. Such a request is unknown there, whatever
/// its parameters are.
pub(crate) fn is_removed(method: &str) -> bool {
    let removed = [
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
    ];
    removed.contains(&method)
}

/// Returns the ID and the error of a message that is a request, but not decoded by the library
/// because of its `params`. `None` if something else is wrong with it.
pub(crate) fn unfit_request(message: &[u8]) -> Option<(RequestId, ErrorData)> {
    #[derive(Deserialize)]
    struct Request {
        jsonrpc: String,
        id: RequestId,
        method: String,
        #[serde(default)]
        params: Value,
        result: Option<Value>,
        error: Option<Value>,
    }

    let request = serde_json::from_slice::<Request>(message).ok()?;
    let is_request =
        request.jsonrpc == "2.0" && request.result.is_none() && request.error.is_none();
    let error = refusal(&request.method, Some(&request.params));
    is_request.then_some((request.id, error))
}

/// Returns the ID and the error of a list request with an unfit cursor. The library decodes it as a
/// request for the first page.
pub(crate) fn unfit_cursor(message: &[u8]) -> Option<(RequestId, ErrorData)> {
    #[derive(Deserialize)]
    struct Request {
        id: RequestId,
        method: String,
        params: Params,
    }

    #[derive(Deserialize)]
    struct Params {
        cursor: Value,
    }

    const NAME: &[u8] = b"\"cursor\"";
    // Almost no message contains the name, so almost none is parsed twice.
    message.windows(NAME.len()).find(|it| *it == NAME)?;
    let request = serde_json::from_slice::<Request>(message).ok()?;
    let cursor = &request.params.cursor;
    if !request.method.ends_with("/list") || cursor.is_string() || cursor.is_null() {
        return None;
    }
    let params = serde_json::json!({ "cursor": cursor });
    Some((request.id, refusal(&request.method, Some(&params))))
}

fn check_members(
    members: &[Member],
    object: &Map<String, Value>,
    path: &str,
    errors: &mut Vec<String>,
) {
    for member in members {
        let path = if path.is_empty() {
            member.name.to_owned()
        } else {
            format!("{path}.{}", member.name)
        };
        match object.get(member.name) {
            None | Some(Value::Null) if !member.required => {}
            None => errors.push(format!("{path}: required member is missing")),
            Some(value) => check(&member.shape, value, &path, errors),
        }
    }
}

fn check(shape: &Shape, value: &Value, path: &str, errors: &mut Vec<String>) {
    let mut mismatch = |expected: &str| {
        errors.push(format!("{path}: expected {expected}, got {}", kind(value)));
    };
    match (shape, value) {
        (Shape::Text, Value::String(_)) | (Shape::Object, Value::Object(_)) => {}
        (Shape::Choice(choices), Value::String(text)) => {
            if !choices.contains(&text.as_str()) {
                errors.push(format!("{path}: expected one of {}", choices.join(", ")));
            }
        }
        (Shape::Text | Shape::Choice(_), _) => mismatch("string"),
        (Shape::Texts, Value::Object(object)) => {
            for (name, value) in object {
                check(&Shape::Text, value, &format!("{path}.{name}"), errors);
            }
        }
        (Shape::Members(members), Value::Object(object)) => {
            check_members(members, object, path, errors);
        }
        (Shape::Tagged(variants), Value::Object(object)) => {
            let tag = object.get("type").and_then(Value::as_str);
            match variants.iter().find(|(name, _)| Some(*name) == tag) {
                Some((_, members)) => check_members(members, object, path, errors),
                None => {
                    let names: Vec<&str> = variants.iter().map(|(name, _)| *name).collect();
                    let names = names.join(", ");
                    errors.push(format!("{path}.type: expected one of {names}"));
                }
            }
        }
        (Shape::Object | Shape::Texts | Shape::Members(_) | Shape::Tagged(_), _) => {
            mismatch("object");
        }
    }
}

/// Returns the name of a JSON type.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::{ClientJsonRpcMessage, ClientRequest};
    use serde_json::json;

    use super::*;

    /// Parameters that fit a method.
    fn fitting(members: &[Member]) -> Value {
        let members = members
            .iter()
            .map(|it| (it.name.to_owned(), fit(&it.shape)));
        Value::Object(members.collect())
    }

    fn fit(shape: &Shape) -> Value {
        match shape {
            Shape::Text => json!("2025-11-25"),
            Shape::Object | Shape::Texts => json!({}),
            Shape::Choice(choices) => json!(choices[0]),
            Shape::Members(members) => fitting(members),
            Shape::Tagged(variants) => {
                let (name, members) = &variants[0];
                let mut value = fitting(members);
                value["type"] = json!(name);
                value
            }
        }
    }

    fn is_decoded(method: &str, params: &Value) -> bool {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        match serde_json::from_value(message) {
            Ok(ClientJsonRpcMessage::Request(request)) => {
                !matches!(request.request, ClientRequest::CustomRequest(_))
            }
            _ => false,
        }
    }

    #[test]
    fn the_tables_agree_with_the_library() {
        for (method, members) in METHODS {
            let fitting = fitting(members);
            assert!(is_decoded(method, &fitting), "{method}: {fitting}");
            for member in *members {
                let without = {
                    let mut params = fitting.clone();
                    params.as_object_mut().unwrap().remove(member.name);
                    params
                };
                assert_eq!(
                    is_decoded(method, &without),
                    !member.required,
                    "{method} without {}",
                    member.name
                );
                for wrong in [json!(5), json!("text"), json!([1]), json!({ "x": 1 })] {
                    let mut params = fitting.clone();
                    params[member.name] = wrong;
                    if is_decoded(method, &params) {
                        continue;
                    }
                    let error = refusal(method, Some(&params));
                    assert_eq!(error.code.0, -32602);
                    assert!(
                        error
                            .message
                            .contains(&format!("`{method}`: {}", member.name)),
                        "{method} {params}: {}",
                        error.message
                    );
                }
            }
        }
    }

    #[test]
    fn errors_name_the_member_and_the_types() {
        for (method, params, expected) in [
            (
                "tools/call",
                json!({ "name": "greet", "arguments": "{}" }),
                "arguments: expected object, got string",
            ),
            (
                "tools/call",
                Value::Null,
                "name: required member is missing",
            ),
            (
                "resources/read",
                json!({}),
                "uri: required member is missing",
            ),
            (
                "prompts/get",
                json!([1]),
                "params: expected object, got array",
            ),
            (
                "initialize",
                json!({ "protocolVersion": "2025-11-25", "capabilities": {},
                        "clientInfo": { "name": "x" } }),
                "clientInfo.version: required member is missing",
            ),
            (
                "completion/complete",
                json!({ "ref": { "type": "ref/x" }, "argument": { "name": "a" } }),
                "ref.type: expected one of ref/prompt, ref/resource; argument.value: required member is missing",
            ),
            (
                "logging/setLevel",
                json!({ "level": "loud" }),
                "level: expected one of debug, info, notice, warning, error, critical, alert, emergency",
            ),
        ] {
            let error = refusal(method, Some(&params));
            let expected = format!("invalid parameters of `{method}`: {expected}");
            assert_eq!((error.code.0, &*error.message), (-32602, &*expected));
        }
        let unknown = refusal("no/such", None);
        let found = (unknown.code.0, &*unknown.message);
        assert_eq!(found, (-32601, "unknown method `no/such`"));
    }
}

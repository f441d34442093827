//! The forms of questions to the user: the specification allows flat fields of few kinds ("Requested
//! schema"), and the SDKs of clients refuse all others.

use fastmcp::prelude::*;
use fastmcp_tests::wire::Wire;
use serde_json::{Map, Value, json};

#[fastmcp::data]
#[serde(rename_all = "camelCase")]
struct Booking {
    /// Who travels
    r#type: String,
    seats: u8,
    wide_number: Option<u64>,
    share: f32,
    window: bool,
    size: Size,
    sizes: Vec<Size>,
    plain: Option<Plain>,
    #[serde(default)]
    note: String,
    #[schemars(length(min = 1, max = 9))]
    code: String,
    #[schemars(range(min = 1, max = 5))]
    stars: i32,
    #[schemars(extend("format" = "email"))]
    mail: Option<String>,
    #[schemars(extend("format" = "date"))]
    day: String,
    #[schemars(extend("format" = "uuid"))]
    id: String,
    #[schemars(extend("format" = "partial-time"))]
    time: String,
}

#[fastmcp::data]
#[serde(rename_all = "snake_case")]
enum Size {
    /// For one
    Small,
    VeryLarge,
}

#[fastmcp::data]
enum Plain {
    One,
    Two,
}

/// Declares a tool for each type that asks the user for it.
macro_rules! forms {
    ($($name:ident: $type:ty;)*) => {
        $(
            #[tool]
            async fn $name(ctx: Context) -> Result<String> {
                let _answer = ctx.elicit::<$type>("Which?").response().await?;
                Ok(String::new())
            }
        )*

        const FORMS: &[&str] = &[$(stringify!($name)),*];
    };
}

forms! {
    booking: Booking;
    text: String;
    number: i64;
    small: Option<u8>;
    share: f64;
    flag: bool;
    letter: char;
    size: Size;
    plain: Option<Plain>;
    sizes: Vec<Size>;
    plains: Vec<Plain>;
    confirmed: ();
}

/// Returns the reason why a client refuses a form.
fn refusal(form: &Value) -> Option<String> {
    let root = form.as_object()?;
    if root.get("type") != Some(&json!("object")) {
        return Some("the root is no object".to_owned());
    }
    let allowed = ["type", "properties", "required", "title", "description"];
    if let Some(key) = root.keys().find(|key| !allowed.contains(&key.as_str())) {
        return Some(format!("the root has `{key}`"));
    }
    let Some(fields) = root.get("properties").and_then(Value::as_object) else {
        return Some("the root has no properties".to_owned());
    };
    let required = root.get("required").and_then(Value::as_array);
    let mut required = required.into_iter().flatten().filter_map(Value::as_str);
    if let Some(name) = required.find(|name| !fields.contains_key(*name)) {
        return Some(format!("`{name}` is required and no field"));
    }
    let mut refusals = fields.iter().filter_map(|(name, field)| {
        let field = field.as_object().cloned().unwrap_or_default();
        Some(format!("`{name}` {}", of_field(&field)?))
    });
    refusals.next()
}

fn of_field(field: &Map<String, Value>) -> Option<String> {
    let own: &[&str] = match field.get("type").and_then(Value::as_str) {
        Some("string") if field.contains_key("oneOf") => &["oneOf"],
        Some("string") if field.contains_key("enum") => &["enum", "enumNames"],
        Some("string") => &["minLength", "maxLength", "format"],
        Some("number" | "integer") => &["minimum", "maximum"],
        Some("boolean") => &[],
        Some("array") => &["items", "minItems", "maxItems"],
        _ => return Some("has no type of a form".to_owned()),
    };
    let shared = ["type", "title", "description", "default"];
    let is_allowed = |key: &&String| own.contains(&key.as_str()) || shared.contains(&key.as_str());
    if let Some(key) = field.keys().find(|key| !is_allowed(key)) {
        return Some(format!("has `{key}`"));
    }
    if let Some(format) = field.get("format")
        && !["email", "uri", "date", "date-time"].contains(&format.as_str().unwrap_or_default())
    {
        return Some(format!("has the format {format}"));
    }
    let is_titled = |choice: &Value| choice["const"].is_string() && choice["title"].is_string();
    let titled = |choices: &Value| {
        choices
            .as_array()
            .is_some_and(|it| it.iter().all(is_titled))
    };
    let names = |choices: &Value| {
        choices
            .as_array()
            .is_some_and(|it| it.iter().all(Value::is_string))
    };
    if field.get("oneOf").is_some_and(|it| !titled(it))
        || field.get("enum").is_some_and(|it| !names(it))
    {
        return Some("has choices without texts".to_owned());
    }
    let items = field.get("items");
    let is_list = items.is_some_and(|items| titled(&items["anyOf"]) || names(&items["enum"]));
    (own.contains(&"items") && !is_list)
        .then(|| "is a list of other values than choices".to_owned())
}

#[tokio::test]
async fn every_form_has_flat_fields_of_the_kinds_that_the_specification_allows() {
    let server = FastMcp::new("forms").start().await.unwrap();
    let mut wire = Wire::of_sessions(&server, json!({ "elicitation": {} })).await;
    for name in FORMS {
        wire.ask("tools/call", json!({ "name": name, "arguments": {} }))
            .await;
        let declined = json!({ "action": "decline" });
        let asked = wire.serve("elicitation/create", declined).await;
        let form = &asked["requestedSchema"];
        assert_eq!(refusal(form), None, "{name}: {form}");
        wire.hear().await;
    }
}

#[test]
fn the_checker_refuses_what_the_specification_does_not_allow() {
    let with = |field: Value| json!({ "type": "object", "properties": { "a": field } });
    assert_eq!(
        refusal(&with(json!({ "type": "string", "format": "date" }))),
        None
    );
    for form in [
        json!({ "type": "array" }),
        json!({ "type": "object" }),
        json!({ "type": "object", "properties": {}, "anyOf": [] }),
        json!({ "type": "object", "properties": {}, "required": ["a"] }),
        with(json!({ "type": ["string", "null"] })),
        with(json!({ "type": "object", "properties": {} })),
        with(json!({ "type": "string", "format": "uuid" })),
        with(json!({ "type": "string", "pattern": "a" })),
        with(json!({ "type": "integer", "format": "uint8" })),
        with(json!({ "type": "string", "oneOf": [{ "const": "a" }] })),
        with(json!({ "type": "array", "items": { "type": "string" } })),
    ] {
        assert!(refusal(&form).is_some(), "{form}");
    }
}

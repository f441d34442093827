//! Bodies as JSON, forms, text and bytes.

use serde_json::{Value, json};

use crate::stage::{api, document, refused, sent};

fn body(media_type: &str, schema: Value) -> Value {
    document(
        "post",
        "/",
        json!({ "requestBody": { "required": true, "content": { media_type: { "schema": schema } } } }),
    )
}

#[tokio::test]
async fn the_properties_of_an_object_are_arguments() {
    let document = body(
        "application/json",
        json!({ "allOf": [
            { "type": "object", "required": ["name"], "properties": {
                "id": { "type": "integer", "readOnly": true },
                "name": { "type": "string" },
            } },
            { "type": "object", "properties": { "note": { "type": ["string", "null"] } } },
        ] }),
    );
    let request = sent(&document, json!({ "name": "tea", "note": null })).await;
    assert_eq!(request["body"], r#"{"name":"tea","note":null}"#);
    assert_eq!(request["headers"]["content-type"], "application/json");
    let error = refused(&document, json!({ "name": "tea", "id": 1 })).await;
    assert_eq!(error, "unknown argument `id`");
}

#[tokio::test]
async fn other_bodies_are_one_argument() {
    for (schema, value, sent_body) in [
        (
            json!({ "type": "array", "items": { "type": "integer" } }),
            json!([1, 2]),
            "[1,2]",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
            json!({ "a": 1 }),
            r#"{"a":1}"#,
        ),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!("a"),
            r#""a""#,
        ),
    ] {
        let document = body("application/json", schema);
        let request = sent(&document, json!({ "body": value })).await;
        assert_eq!(request["body"], sent_body);
    }
}

#[tokio::test]
async fn an_optional_body_can_be_left_out() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
    let mut document = body("application/json", schema);
    document["paths"]["/"]["post"]["requestBody"]["required"] = false.into();
    let request = sent(&document, json!({})).await;
    assert_eq!(
        (&request["body"], &request["headers"]["content-type"]),
        (&json!(""), &Value::Null)
    );
    let request = sent(&document, json!({ "body": { "a": 1 } })).await;
    assert_eq!(request["body"], r#"{"a":1}"#);
}

#[tokio::test]
async fn forms_are_url_encoded() {
    let mut document = body(
        "application/x-www-form-urlencoded",
        json!({ "type": "object", "properties": {
            "name": { "type": "string" },
            "tags": { "type": "array", "items": { "type": "string" } },
            "plain": { "type": "object", "additionalProperties": true },
            "deep": { "type": "object", "additionalProperties": true },
        } }),
    );
    let media = &mut document["paths"]["/"]["post"]["requestBody"]["content"];
    media["application/x-www-form-urlencoded"]["encoding"] =
        json!({ "deep": { "style": "deepObject", "explode": true } });
    let arguments = json!({
        "name": "a&b=c d", "tags": ["x", "y"], "plain": { "k": 1 }, "deep": { "k": { "l": [true] } },
    });
    let request = sent(&document, arguments).await;
    assert_eq!(
        request["body"],
        "name=a%26b%3Dc%20d&tags=x&tags=y&plain=%7B%22k%22%3A1%7D&deep%5Bk%5D%5Bl%5D%5B0%5D=true"
    );
    let content_type = &request["headers"]["content-type"];
    assert_eq!(content_type, "application/x-www-form-urlencoded");
}

#[tokio::test]
async fn files_are_base64_in_multipart_forms() {
    let document = body(
        "multipart/form-data",
        json!({ "type": "object", "required": ["file"], "properties": {
            "file": { "type": "string", "format": "binary" },
            "caption": { "type": "string" },
            "about": { "type": "object", "properties": { "n": { "type": "integer" } } },
        } }),
    );
    let arguments = json!({ "file": "aGVsbG8=", "caption": "a\r\n--b", "about": { "n": 1 } });
    let request = sent(&document, arguments).await;
    let content_type = request["headers"]["content-type"].as_str().unwrap();
    let boundary = content_type.split("boundary=").nth(1).unwrap();
    let part = |head: &str, content: &str| format!("--{boundary}\r\n{head}\r\n\r\n{content}\r\n");
    let form = "Content-Disposition: form-data; name=";
    let expected = [
        part(
            &format!("{form}\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream"),
            "hello",
        ),
        part(&format!("{form}\"caption\""), "a\r\n--b"),
        part(
            &format!("{form}\"about\"\r\nContent-Type: application/json"),
            r#"{"n":1}"#,
        ),
        format!("--{boundary}--\r\n"),
    ];
    assert_eq!(request["body"], expected.concat());
    let error = refused(&document, json!({ "file": "not base64!" })).await;
    assert!(
        error.starts_with("argument `file`: expected the bytes as base64"),
        "{error}"
    );
}

#[tokio::test]
async fn text_and_bytes_are_sent_as_they_are() {
    let document = body("text/plain", json!({ "type": "string" }));
    let request = sent(&document, json!({ "body": "é\n" })).await;
    assert_eq!(request["body"], "é\n");
    assert_eq!(
        request["headers"]["content-type"],
        "text/plain; charset=utf-8"
    );
    let document = body("application/octet-stream", json!({}));
    let request = sent(&document, json!({ "body": "aGVsbG8=" })).await;
    assert_eq!(request["body"], "hello");
}

#[tokio::test]
async fn json_is_chosen_among_several_media_types() {
    let mut document = body("application/xml", json!({}));
    let content = &mut document["paths"]["/"]["post"]["requestBody"]["content"];
    content["application/merge-patch+json"] = json!({ "schema": { "type": "object" } });
    let request = sent(&document, json!({ "body": { "a": null } })).await;
    assert_eq!(
        request["headers"]["content-type"],
        "application/merge-patch+json"
    );
    assert_eq!(request["body"], r#"{"a":null}"#);
}

#[test]
fn bodies_that_no_tool_can_send_are_reported() {
    let api = api(&body("application/xml", json!({})));
    let skipped: Vec<String> = api.skipped().iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped,
        ["POST /: the body is application/xml, and tools send JSON, forms, text and bytes"]
    );
    assert_eq!(api.operations().count(), 0);
    // Without the body, an operation that does not require it can be called.
    let mut optional = body("application/xml", json!({}));
    optional["paths"]["/"]["post"]["requestBody"]["required"] = false.into();
    let api = crate::stage::api(&optional);
    assert_eq!(api.operations().count(), 1);
    assert_eq!(api.skipped()[0].parameter.as_deref(), Some("body"));
}

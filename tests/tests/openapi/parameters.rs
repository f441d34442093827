//! Parameters in paths, queries, headers and cookies.

use serde_json::{Value, json};

use crate::stage::{document, refused, sent};

fn parameter(name: &str, place: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "required": place == "path", "schema": schema })
}

#[tokio::test]
async fn parameters_reach_each_part_of_the_request() {
    let document = document(
        "get",
        "/users/{id}/files/{name}",
        json!({ "parameters": [
            parameter("id", "path", json!({ "type": "integer" })),
            parameter("name", "path", json!({ "type": "string" })),
            parameter("limit", "query", json!({ "type": "integer" })),
            parameter("X-Trace", "header", json!({ "type": "string" })),
            parameter("session", "cookie", json!({ "type": "string" })),
        ] }),
    );
    let arguments = json!({
        "id": 7, "name": "a/b c?.txt", "limit": 5, "X-Trace": "t-1", "session": "s;1",
    });
    let request = sent(&document, arguments).await;
    assert_eq!(request["method"], "GET");
    assert_eq!(request["path"], "/users/7/files/a%2Fb%20c%3F.txt");
    assert_eq!(request["query"], "limit=5");
    assert_eq!(request["headers"]["x-trace"], "t-1");
    assert_eq!(request["headers"]["cookie"], "session=s%3B1");
}

#[tokio::test]
async fn styles_are_those_of_the_document() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let object = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
    for (style, explode, schema, value, query) in [
        ("form", true, &list, json!(["a", "b"]), "p=a&p=b"),
        ("form", false, &list, json!(["a", "b"]), "p=a,b"),
        ("spaceDelimited", false, &list, json!(["a", "b"]), "p=a%20b"),
        ("pipeDelimited", false, &list, json!(["a", "b"]), "p=a%7Cb"),
        ("form", true, &object, json!({ "x": 1, "y": 2 }), "x=1&y=2"),
        ("deepObject", true, &object, json!({ "x": 1 }), "p%5Bx%5D=1"),
    ] {
        let mut declared = parameter("p", "query", schema.clone());
        declared["style"] = style.into();
        declared["explode"] = explode.into();
        let document = document("get", "/", json!({ "parameters": [declared] }));
        let request = sent(&document, json!({ "p": value })).await;
        assert_eq!(request["query"], query, "{style} {explode}");
    }
}

#[tokio::test]
async fn a_parameter_with_a_media_type_is_json() {
    let declared = json!({
        "name": "filter", "in": "query",
        "content": { "application/json": { "schema": { "type": "object" } } },
    });
    let document = document("get", "/", json!({ "parameters": [declared] }));
    let request = sent(&document, json!({ "filter": { "a": [1, "é"] } })).await;
    assert_eq!(
        request["query"],
        "filter=%7B%22a%22%3A%5B1%2C%22%C3%A9%22%5D%7D"
    );
}

#[tokio::test]
async fn parameters_of_one_name_are_different_arguments() {
    let text = || json!({ "type": "string" });
    let document = document(
        "put",
        "/items/{id}",
        json!({
            "parameters": [parameter("id", "path", text()), parameter("id", "query", text())],
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "type": "object", "properties": { "id": text() } },
            } } },
        }),
    );
    let arguments = json!({ "id_path": "a", "id_query": "b", "id_body": "c" });
    let request = sent(&document, arguments).await;
    assert_eq!(request["path"], "/items/a");
    assert_eq!(request["query"], "id=b");
    assert_eq!(request["body"], r#"{"id":"c"}"#);
}

#[tokio::test]
async fn names_that_hosts_refuse_are_sent_as_the_api_knows_them() {
    let nested = json!({ "type": "object", "properties": { "@type": { "type": "string" } } });
    let document = document(
        "post",
        "/",
        json!({
            "parameters": [parameter("filter[name]", "query", json!({ "type": "string" }))],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "properties": { "$items": { "type": "array", "items": nested } },
            } } } },
        }),
    );
    let arguments = json!({ "filter_name": "x", "items": [{ "type": "a" }, { "type": "b" }] });
    let request = sent(&document, arguments).await;
    assert_eq!(request["query"], "filter%5Bname%5D=x");
    assert_eq!(
        request["body"],
        r#"{"$items":[{"@type":"a"},{"@type":"b"}]}"#
    );
}

/// A value must not lead to another resource of the API.
#[tokio::test]
async fn no_value_leaves_its_place_in_the_path() {
    let text = json!({ "type": "string" });
    let document = document(
        "delete",
        "/users/{id}/keys/{key}",
        json!({ "parameters": [
            parameter("id", "path", text.clone()),
            parameter("key", "path", text),
        ] }),
    );
    for (id, key) in [("..", "a"), (".", "a"), ("a", ".."), ("", "a"), ("a", "")] {
        let error = refused(&document, json!({ "id": id, "key": key })).await;
        assert!(error.contains("path"), "{error}");
    }
    for value in [
        "../x",
        "a/../../b",
        "%2e%2e",
        "a?b=c",
        "a#b",
        "a\\b",
        "...",
        "é",
    ] {
        let request = sent(&document, json!({ "id": value, "key": "k" })).await;
        let path = request["path"].as_str().unwrap();
        assert_eq!(path.split('/').count(), 5, "{path}");
        assert!(
            path.starts_with("/users/") && path.ends_with("/keys/k"),
            "{path}"
        );
        assert_eq!(request["query"], Value::Null);
    }
}

#[tokio::test]
async fn a_header_cannot_be_smuggled() {
    let declared = parameter("X-Note", "header", json!({ "type": "string" }));
    let document = document("get", "/", json!({ "parameters": [declared] }));
    let error = refused(&document, json!({ "X-Note": "a\r\nX-Admin: 1" })).await;
    assert_eq!(error, "argument `X-Note`: a header cannot have this value");
}

#[tokio::test]
async fn arguments_are_checked_before_the_request() {
    let document = document(
        "get",
        "/{id}",
        json!({ "parameters": [
            parameter("id", "path", json!({ "type": "integer", "minimum": 1 })),
            parameter("sort", "query", json!({ "type": "string", "enum": ["up", "down"] })),
        ] }),
    );
    for (arguments, error) in [
        (
            json!({}),
            "argument `id`: the schema requires it, and it is missing",
        ),
        (
            json!({ "id": "x" }),
            "argument `id`: expected integer, got \"x\"",
        ),
        (
            json!({ "id": 0 }),
            "argument `id`: the schema has `minimum: 1`, got 0",
        ),
        (
            json!({ "id": 1, "sort": "left" }),
            "argument `sort`: expected one of \"up\", \"down\", got \"left\"",
        ),
        (
            json!({ "id": 1, "sorted": "up" }),
            "unknown argument `sorted`; did you mean `sort`?",
        ),
    ] {
        assert_eq!(refused(&document, arguments).await, error);
    }
    // As hosts send them: text for a number, null for what is left out, and arguments of their own.
    let arguments = json!({ "id": "7", "sort": null, "wait_for_previous": true });
    let request = sent(&document, arguments).await;
    assert_eq!(
        (&request["path"], &request["query"]),
        (&json!("/7"), &Value::Null)
    );
}

/// Some documents have a fragment in their paths, so that operations of one path differ.
#[tokio::test]
async fn a_fragment_of_a_path_is_not_sent() {
    let declared = parameter(
        "Action",
        "query",
        json!({ "type": "string", "enum": ["List"] }),
    );
    let document = document("get", "/#Action=List", json!({ "parameters": [declared] }));
    let request = sent(&document, json!({ "Action": "List" })).await;
    assert_eq!(
        (&request["path"], &request["query"]),
        (&json!("/"), &json!("Action=List"))
    );
}

#[tokio::test]
async fn parameters_of_the_operation_replace_those_of_the_path() {
    let mut document = document(
        "get",
        "/a",
        json!({ "parameters": [parameter("n", "query", json!({ "type": "integer" }))] }),
    );
    document["paths"]["/a"]["parameters"] = json!([
        parameter("n", "query", json!({ "type": "string" })),
        parameter("m", "query", json!({ "type": "string" })),
    ]);
    let request = sent(&document, json!({ "n": 1, "m": "x" })).await;
    assert_eq!(request["query"], "n=1&m=x");
}

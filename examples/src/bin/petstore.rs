//! How do I offer an API that has an `OpenAPI` document?
//!
//! ```text
//! petstore        serves standard input and output, with the API in the same process
//! ```

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fastmcp::openapi::OpenApi;
use fastmcp::prelude::*;
use serde_json::{Value, json};

type Pets = Arc<Mutex<Vec<Value>>>;

/// The document of the API. Others are files: `include_str!("petstore.json")`.
fn document() -> Value {
    let pet = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "id": { "type": "integer", "readOnly": true },
            "name": { "type": "string", "description": "The name of the pet" },
            "kind": { "type": "string", "enum": ["cat", "dog"] },
        },
    });
    let body = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } });
    let id =
        json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Pets", "version": "1" },
        "paths": {
            "/pets": {
                "get": { "operationId": "listPets", "summary": "Lists all pets" },
                "post": {
                    "operationId": "addPet",
                    "summary": "Adds a pet",
                    "requestBody": { "required": true, "content": body },
                    "responses": { "201": { "description": "The pet", "content": body } },
                },
            },
            "/pets/{id}": { "get": {
                "operationId": "getPet",
                "summary": "Returns a pet",
                "parameters": [id],
                "responses": { "200": { "description": "The pet", "content": body } },
            } },
            "/internal/reset": { "post": { "operationId": "reset", "tags": ["internal"] } },
        },
        "components": { "schemas": { "Pet": pet } },
    })
}

fn json_response(status: StatusCode, value: &Value) -> Response {
    let head = [(header::CONTENT_TYPE, "application/json")];
    (status, head, value.to_string()).into_response()
}

async fn list(State(pets): State<Pets>) -> Response {
    let pets = pets.lock().map(|it| it.clone()).unwrap_or_default();
    json_response(StatusCode::OK, &json!(pets))
}

async fn add(State(pets): State<Pets>, body: String) -> Response {
    let (Ok(mut pets), Ok(mut pet)) = (pets.lock(), serde_json::from_str::<Value>(&body)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    pet["id"] = (pets.len() + 1).into();
    pets.push(pet.clone());
    json_response(StatusCode::CREATED, &pet)
}

async fn show(State(pets): State<Pets>, Path(id): Path<usize>) -> Response {
    let pets = pets.lock().map(|it| it.clone()).unwrap_or_default();
    match pets.get(id.wrapping_sub(1)) {
        Some(pet) => json_response(StatusCode::OK, pet),
        None => (StatusCode::NOT_FOUND, format!("no pet {id}")).into_response(),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let api = Router::new()
        .route("/pets", get(list).post(add))
        .route("/pets/{id}", get(show))
        .with_state(Pets::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, api).await });

    let pets = OpenApi::from_value(document())?
        .base_url(address)
        .select(|operation| !operation.has_tag("internal"));
    Ok(FastMcp::new("petstore").openapi(pets).run().await?)
}

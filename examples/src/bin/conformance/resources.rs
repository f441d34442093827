//! Resources: a text, an image, a template, and a resource that clients can subscribe to.

use fastmcp::prelude::*;

use crate::content::PNG;

/// A text that never changes.
#[resource("test://static-text", mime_type = "text/plain")]
fn static_text() -> &'static str {
    "This is the content of the static text resource."
}

/// An image that never changes.
#[resource("test://static-binary", mime_type = "image/png")]
fn static_binary() -> Vec<u8> {
    PNG.to_vec()
}

/// Returns the data of one id.
#[resource("test://template/{id}/data", mime_type = "application/json")]
fn template_data(id: String) -> String {
    format!(r#"{{"id":"{id}","templateTest":true,"data":"Data for ID: {id}"}}"#)
}

/// A text that clients can subscribe to.
#[resource("test://watched-resource", mime_type = "text/plain")]
fn watched_resource() -> &'static str {
    "This resource is watched."
}

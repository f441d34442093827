//! MCP Apps in the capabilities of the server and of clients.

use rmcp::model::{ClientCapabilities, JsonObject, ServerCapabilities};

use crate::component::ui;

/// Declares the extension. SEP-1865 defines only the declaration of clients, but other servers send this one too.
pub(crate) fn advertise(capabilities: &mut ServerCapabilities) {
    let extensions = capabilities.extensions.get_or_insert_default();
    extensions.insert(ui::EXTENSION.to_owned(), JsonObject::default());
}

/// Returns whether the client shows pages of the MIME type of UI resources.
pub(crate) fn is_declared(client: &ClientCapabilities) -> bool {
    let extensions = client.extensions.as_ref();
    let types = extensions.and_then(|it| it.get(ui::EXTENSION)?.get("mimeTypes")?.as_array());
    types.is_some_and(|it| it.iter().any(|name| name == ui::MIME_TYPE))
}

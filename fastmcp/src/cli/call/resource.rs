//! `call --resource`: prints the contents of a resource.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::cli::commands::{Call, Output};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::result::resource_text;
use crate::cli::safe_text;
use crate::cli::terminal::print;
use crate::client::Client;

/// Reads a resource and prints its contents.
pub(super) async fn read(
    client: &Client,
    call: &Call,
    interrupted: &CancellationToken,
) -> CommandResult {
    let contents = tokio::select! {
        contents = client.read_resource(&call.name) => contents?,
        () = interrupted.cancelled() => return Err(Failure::interrupted()),
    };
    print(&match call.output {
        Output::Json => safe_text::json(&json!({ "contents": contents })) + "\n",
        Output::Text => contents
            .iter()
            .map(|it| resource_text(&json!(it)))
            .collect(),
    })
}

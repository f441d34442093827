//! [`Surface`]: compares what clients see of a server with a reviewed file.

use std::path::Path;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::client::{Client, ClientError};
use crate::server::running::Server;
use crate::testing::difference::difference;

/// The environment variable that makes [`assert_surface!`](crate::assert_surface) write the file.
const VARIABLE: &str = "FASTMCP_SURFACE";

/// The error code of JSON-RPC for an unknown method.
const METHOD_NOT_FOUND: i32 = -32601;

/// Something whose lists can be read.
pub trait Surface: Sync {
    /// Reads the lists.
    fn read(&self) -> BoxFuture<'_, Result<Value, ClientError>>;
}

impl Surface for Client {
    fn read(&self) -> BoxFuture<'_, Result<Value, ClientError>> {
        async move {
            Ok(json!({
                "tools": by_name(self.list_tools().await, "name")?,
                "resources": by_name(self.list_resources().await, "uri")?,
                "resourceTemplates": by_name(self.list_resource_templates().await, "uriTemplate")?,
                "prompts": by_name(self.list_prompts().await, "name")?,
            }))
        }
        .boxed()
    }
}

impl Surface for crate::testing::client::TestClient {
    fn read(&self) -> BoxFuture<'_, Result<Value, ClientError>> {
        Surface::read(&**self)
    }
}

impl Surface for Server {
    fn read(&self) -> BoxFuture<'_, Result<Value, ClientError>> {
        async move { Client::connect(self).await?.read().await }.boxed()
    }
}

impl<T: Surface> Surface for &T {
    fn read(&self) -> BoxFuture<'_, Result<Value, ClientError>> {
        (**self).read()
    }
}

/// Returns the items by the value of this field, so that their order in the list makes no difference.
fn by_name<T: Serialize>(
    items: Result<Vec<T>, ClientError>,
    field: &str,
) -> Result<Value, ClientError> {
    let items = match items {
        // A server without components of the kind may have no list either.
        Err(ClientError::Refused { code, .. }) if code == METHOD_NOT_FOUND => Vec::new(),
        items => items?,
    };
    let mut named: Vec<(String, Value)> = items
        .iter()
        .map(|item| {
            let mut item = json!(item);
            let name = match item.as_object_mut().and_then(|item| item.remove(field)) {
                Some(Value::String(name)) => name,
                _ => String::new(),
            };
            (name, item)
        })
        .collect();
    named.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(Value::Object(Map::from_iter(named)))
}

/// Compares a server with a file, or writes the file.
///
/// # Errors
///
/// The text of the failed assertion.
pub async fn check(path: &Path, server: &impl Surface) -> Result<(), String> {
    let surface = server.read().await;
    let surface =
        surface.map_err(|error| format!("cannot read the lists of the server: {error}"))?;
    let found = format!("{surface:#}\n");
    let shown = path.display();
    if std::env::var_os(VARIABLE).is_some_and(|value| value == "overwrite") {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| format!("cannot create the folder of {shown}: {error}"))?;
        }
        return std::fs::write(path, found)
            .map_err(|error| format!("cannot write {shown}: {error}"));
    }
    let reviewed = match std::fs::read_to_string(path) {
        Ok(reviewed) => reviewed,
        Err(error) => {
            return Err(format!(
                "cannot read {shown}: {error}\nTo write it, run the test with {VARIABLE}=overwrite, and review it."
            ));
        }
    };
    // A checkout on Windows may have other ends of lines.
    if reviewed.lines().eq(found.lines()) {
        return Ok(());
    }
    let difference = difference(&reviewed, &found);
    Err(format!(
        "the server differs from {shown} (`-` the file, `+` the server):\n{difference}\
         If this is intended, run the test with {VARIABLE}=overwrite, and review the changes of the file."
    ))
}

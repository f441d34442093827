//! The metadata of MCP Apps (SEP-1865) in the listing of a tool.

use serde_json::Value;

use crate::mcp::{MetaObject, Tool};

/// The key in `_meta` of tools and resources.
pub(crate) const KEY: &str = "ui";
/// The key of a tool's page in `_meta` before SEP-1865 was final. Hosts still read it.
pub(crate) const EARLIER_KEY: &str = "ui/resourceUri";

/// Returns whether models never see a tool, by its listing.
pub(crate) fn is_hidden_from_models(tool: &Tool) -> bool {
    let meta = tool.meta.as_ref();
    meta.is_some_and(|MetaObject(meta)| states_no_model(meta.get(KEY)))
}

/// Returns whether models never see a tool, by the text of its listing.
#[cfg(feature = "cli")]
pub(crate) fn is_json_hidden_from_models(tool: &Value) -> bool {
    states_no_model(tool["_meta"].get(KEY))
}

/// Returns the URI of the page of a tool, by the text of its listing.
#[cfg(feature = "cli")]
pub(crate) fn page_of(tool: &Value) -> Option<&str> {
    let meta = &tool["_meta"];
    let uri = meta[KEY].get("resourceUri").or(meta.get(EARLIER_KEY));
    uri?.as_str()
}

fn states_no_model(ui: Option<&Value>) -> bool {
    let visibility = ui.and_then(|it| it.get("visibility")?.as_array());
    visibility.is_some_and(|it| !it.iter().any(|audience| audience == "model"))
}

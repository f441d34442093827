//! The server's capabilities and description, as clients receive them.

use rmcp::model::{
    Implementation, JsonObject, PromptsCapability, ResourcesCapability, ServerCapabilities,
    ServerConfig, ToolsCapability,
};

use crate::component::dispatch::Dispatcher;
use crate::component_kind::ComponentKind;
use crate::mcp_tasks::call;
use crate::protocol::{apps, tasks};

/// Returns the server's description. Except for logging, it declares only the capabilities that at
/// least one component needs.
pub(crate) fn server_config(dispatcher: &Dispatcher) -> ServerConfig {
    let mut capabilities = ServerCapabilities::default();
    capabilities.tools = dispatcher.offers(ComponentKind::Tool).then(|| {
        let mut tools = ToolsCapability::default();
        tools.list_changed = Some(true);
        tools
    });
    capabilities.prompts = dispatcher.offers(ComponentKind::Prompt).then(|| {
        let mut prompts = PromptsCapability::default();
        prompts.list_changed = Some(true);
        prompts
    });
    // A large answer becomes a resource, which only a client of resources can read.
    let has_resources = dispatcher.offers(ComponentKind::Resource) || dispatcher.bounds_answers();
    capabilities.resources = has_resources.then(|| {
        let mut resources = ResourcesCapability::default();
        resources.subscribe = Some(true);
        resources.list_changed = Some(true);
        resources
    });
    capabilities.completions = dispatcher.completes().then(JsonObject::default);
    // Any handler may log through its context.
    capabilities.logging = Some(JsonObject::default());
    if call::is_supported(dispatcher) {
        tasks::advertise(&mut capabilities);
    }

    if dispatcher.has_apps() {
        apps::advertise(&mut capabilities);
    }

    #[cfg(feature = "skills")]
    if dispatcher.offers_skills() {
        advertise_skills(&mut capabilities);
    }

    let identity = &dispatcher.identity;
    let mut server = Implementation::new(&*identity.name, identity.version.clone());
    server.title.clone_from(&identity.title);
    let mut config = ServerConfig::new(capabilities).with_server_info(server);
    config.instructions.clone_from(&identity.instructions);
    config
}

/// Declares skills. The protocol library refuses their methods otherwise.
#[cfg(feature = "skills")]
fn advertise_skills(capabilities: &mut ServerCapabilities) {
    let extensions = capabilities.extensions.get_or_insert_default();
    let settings = JsonObject::from_iter([("directoryRead".to_owned(), true.into())]);
    extensions.insert(rmcp::model::SKILLS_EXTENSION_ID.to_owned(), settings);
}

//! [`ServerDescription`]: the components of a server that is not started.

use crate::app_meta;
use crate::caller::Caller;
use crate::component::lint::Lint;
use crate::component::part::Part;
use crate::component::registry::description::{self, Description};
use crate::component::tool_lints;
use crate::component_kind::ComponentKind;
use crate::mcp::Tool;
use crate::server::error::{StartError, StartErrors};
use crate::server::node::{Node, NodePart};
use crate::server::options::ServerOptions;
use crate::server::settings::DocketSettings;

fn rank(description: &Description) -> u8 {
    match description.component.kind {
        ComponentKind::Tool => 0,
        ComponentKind::Resource if description.is_template => 2,
        ComponentKind::Resource => 1,
        ComponentKind::Prompt => 3,
    }
}

/// Returns the sizes of the listings of all tools, in bytes of JSON.
fn tool_bytes(node: &Node) -> Vec<usize> {
    let bytes = |tool: &Tool| serde_json::to_vec(tool).map_or(0, |json| json.len());
    let own = node.registry.tool_listings().iter();
    // Hosts send the other tools to their pages only.
    let own = own.filter(|it| !app_meta::is_hidden_from_models(&it.tool));
    let mut all: Vec<usize> = own.map(|listing| bytes(&listing.tool)).collect();
    let of_apis = node.apis.iter().map(|it| it.inner().tools(&Caller::LOCAL));
    all.extend(of_apis.flatten().map(|tool| bytes(&tool)));
    for (_, part) in &node.parts {
        if let NodePart::Mount(node) = part {
            all.extend(tool_bytes(node));
        }
    }
    all
}

/// The components of a server and of the servers that are mounted on it.
pub(crate) struct ServerDescription {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<String>,
    pub(crate) components: Vec<Description>,
    pub(crate) lints: Vec<Lint>,
    /// The prefixes of remote servers, whose components are not known.
    pub(crate) proxies: Vec<String>,
    /// `true` if background work is enabled.
    pub(crate) has_docket: bool,
}

impl ServerDescription {
    /// Checks a server as a start does, and describes it. Neither the lifespan runs, nor is the docket opened.
    pub(crate) fn of(options: ServerOptions) -> Result<Self, StartError> {
        let mut errors = StartErrors::default();
        #[cfg(feature = "http")]
        errors.check(options.http.validate());
        #[cfg(feature = "auth")]
        if let Some(auth) = &options.auth {
            errors.check(auth.validate());
        }
        let settings = errors.check(DocketSettings::read()).unwrap_or_default();
        let node = Node::check(options, None, &settings, &mut errors);
        errors.none()?;
        let Some(node) = node else {
            unreachable!("a missing node has added an error");
        };
        let mut described = Self::of_node(&node, &ToOwned::to_owned);
        described
            .lints
            .sort_by(|a, b| a.component.cmp(&b.component));
        let many = tool_lints::many_tokens(&described.name, tool_bytes(&node).into_iter());
        described.lints.extend(many);
        Ok(described)
    }

    /// Describes one server. `outer` returns the name of a tool for clients.
    fn of_node(node: &Node, outer: &dyn Fn(&str) -> String) -> Self {
        let options = &node.options;
        let identity = &options.identity;
        let mut components = node.registry.descriptions(&options.overrides);
        components.extend(description::added(&options.added));
        #[cfg(feature = "skills")]
        if let Some(skills) = &node.skills {
            components.extend(description::of_part(&**skills));
        }
        let mut lints = node.registry.lints(outer);
        for api in &node.apis {
            components.extend(description::added(api));
            lints.extend(api.inner().lints(outer));
        }
        let mut proxies = Vec::new();
        for (prefix, part) in &node.parts {
            match part {
                NodePart::Proxy(_) => proxies.push(prefix.to_string()),
                NodePart::Mount(node) => {
                    let mounted = Self::of_node(node, &|name| outer(&format!("{prefix}_{name}")));
                    let described = mounted.components.into_iter();
                    components.extend(described.map(|it| it.with_prefix(prefix)));
                    lints.extend(mounted.lints);
                    let inner = mounted.proxies.iter();
                    proxies.extend(inner.map(|inner| format!("{prefix}_{inner}")));
                }
            }
        }
        // As in the lists of the protocol: by kind, then by name.
        components.sort_by(|a, b| (rank(a), a.component.key()).cmp(&(rank(b), b.component.key())));
        Self {
            name: identity.name.to_string(),
            version: identity.version.clone(),
            title: identity.title.clone(),
            instructions: identity.instructions.clone(),
            components,
            lints,
            proxies,
            has_docket: node.docket.is_enabled,
        }
    }
}

//! [`Catalog`]: the components of a server, of this program or of another one.

use serde_json::{Map, Value, json};

use crate::app_meta;
use crate::cli::failure::CommandResult;
use crate::client::Client;
use crate::component::registry::description::Description;
use crate::component_kind::ComponentKind;
use crate::server::describe::ServerDescription;

/// The number of bytes of JSON in one token, on average. Tokenizers of models differ by about a third.
pub(crate) const BYTES_PER_TOKEN: usize = 4;

/// The components of a server.
pub(crate) struct Catalog {
    /// The server's name, version, title and instructions.
    pub(crate) server: Map<String, Value>,
    pub(crate) items: Vec<Item>,
    /// The prefixes of remote servers, whose components are not known.
    pub(crate) proxies: Vec<String>,
    /// The description of the server of this program.
    pub(crate) own: Option<ServerDescription>,
}

/// One component.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// The entry in the protocol's list.
    pub(crate) listing: Value,
    /// The index of the description, for the server of this program.
    described: Option<usize>,
}

/// A list of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    Resource,
    Template,
    Prompt,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Tool, Self::Resource, Self::Template, Self::Prompt];

    /// Returns the name of one component.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Resource => "resource",
            Self::Template => "template",
            Self::Prompt => "prompt",
        }
    }

    /// Returns the key of the list in the protocol.
    pub(crate) const fn list(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Resource => "resources",
            Self::Template => "resourceTemplates",
            Self::Prompt => "prompts",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Tool | Self::Prompt => "name",
            Self::Resource => "uri",
            Self::Template => "uriTemplate",
        }
    }

    fn of(description: &Description) -> Self {
        match description.component.kind() {
            ComponentKind::Tool => Self::Tool,
            ComponentKind::Resource if description.is_template => Self::Template,
            ComponentKind::Resource => Self::Resource,
            ComponentKind::Prompt => Self::Prompt,
        }
    }
}

impl Item {
    /// Returns the name of a tool or a prompt, or the URI of a resource.
    pub(crate) fn key(&self) -> &str {
        self.text(self.kind.key())
    }

    pub(crate) fn description(&self) -> &str {
        self.text("description")
    }

    fn text(&self, key: &str) -> &str {
        self.listing[key].as_str().unwrap_or_default()
    }

    /// Returns the names of the arguments; `?` follows those that can be left out.
    pub(crate) fn arguments(&self) -> Vec<String> {
        match self.kind {
            Kind::Tool => {
                let schema = &self.listing["inputSchema"];
                let is_required = |name: &String| {
                    let required = schema["required"].as_array();
                    required.is_some_and(|it| it.iter().any(|it| it == name))
                };
                let names = schema["properties"].as_object().into_iter();
                let names = names.flat_map(Map::keys);
                names
                    .map(|name| {
                        if is_required(name) {
                            name.clone()
                        } else {
                            format!("{name}?")
                        }
                    })
                    .collect()
            }
            Kind::Prompt => {
                let arguments = self.listing["arguments"].as_array().into_iter().flatten();
                let names = arguments.map(|it| {
                    let name = it["name"].as_str().unwrap_or_default();
                    if it["required"] == true {
                        name.to_owned()
                    } else {
                        format!("{name}?")
                    }
                });
                names.collect()
            }
            Kind::Resource | Kind::Template => Vec::new(),
        }
    }

    /// Estimates the tokens that the entry of a tool takes in each request of a host to its model. Hosts send no other
    /// components without a reason of their own, and no tools that only pages may call.
    pub(crate) fn tokens(&self) -> usize {
        match self.kind {
            Kind::Tool if app_meta::is_json_hidden_from_models(&self.listing) => 0,
            Kind::Tool => self.listing.to_string().len() / BYTES_PER_TOKEN,
            _ => 0,
        }
    }
}

impl Catalog {
    /// Returns the components of the server of this program.
    pub(crate) fn of_own(own: ServerDescription) -> Self {
        let mut server = Map::new();
        server.insert("name".into(), own.name.clone().into());
        server.insert("version".into(), own.version.clone().into());
        if let Some(title) = &own.title {
            server.insert("title".into(), title.clone().into());
        }
        if let Some(instructions) = &own.instructions {
            server.insert("instructions".into(), instructions.clone().into());
        }
        let items = own.components.iter().enumerate();
        let items = items.map(|(index, description)| Item {
            kind: Kind::of(description),
            listing: description.listing.clone(),
            described: Some(index),
        });
        Self {
            server,
            items: items.collect(),
            proxies: own.proxies.clone(),
            own: Some(own),
        }
    }

    /// Returns the components that another server lists.
    pub(crate) async fn of_client(client: &Client) -> CommandResult<Self> {
        let server = match client.server_info() {
            Some(info) => json!(info),
            None => json!({}),
        };
        let mut items = Vec::new();
        let mut add = |kind, listed: Value| {
            let listed = match listed {
                Value::Array(listed) => listed,
                _ => Vec::new(),
            };
            items.extend(listed.into_iter().map(|listing| Item {
                kind,
                listing,
                described: None,
            }));
        };
        add(Kind::Tool, json!(supported(client.list_tools().await)?));
        add(
            Kind::Resource,
            json!(supported(client.list_resources().await)?),
        );
        let templates = client.list_resource_templates().await;
        add(Kind::Template, json!(supported(templates)?));
        add(Kind::Prompt, json!(supported(client.list_prompts().await)?));
        Ok(Self {
            server: server.as_object().cloned().unwrap_or_default(),
            items,
            proxies: Vec::new(),
            own: None,
        })
    }

    /// Returns the description of a component of this program.
    pub(crate) fn described(&self, item: &Item) -> Option<&Description> {
        self.own.as_ref()?.components.get(item.described?)
    }

    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.kind == kind)
    }

    /// Returns the server's name and version, as one text.
    pub(crate) fn title(&self) -> String {
        let text = |key: &str| self.server.get(key).and_then(Value::as_str);
        let name = text("name").unwrap_or("a server without a name");
        match text("version") {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        }
    }
}

/// A server without one of the lists answers that it does not know the method.
fn supported<T>(listed: Result<Vec<T>, crate::client::ClientError>) -> CommandResult<Vec<T>> {
    const METHOD_NOT_FOUND: i32 = -32601;
    match listed {
        Err(crate::client::ClientError::Refused { code, .. }) if code == METHOD_NOT_FOUND => {
            Ok(Vec::new())
        }
        listed => Ok(listed?),
    }
}

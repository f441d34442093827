//! MCP Apps (SEP-1865): the options of tools with a page, and of the resources that are pages.

pub(crate) mod origin;

use serde_json::{Map, Value, json};

use crate::app_meta::{EARLIER_KEY, KEY};
use crate::mcp::{MetaObject, ResourceContents, Tool};

/// The name of the extension.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/ui";
/// The MIME type of all UI resources.
pub(crate) const MIME_TYPE: &str = "text/html;profile=mcp-app";
/// The start of the URIs of all UI resources.
const SCHEME: &str = "ui://";

/// The option `ui` of a tool.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct ToolUi {
    /// The URI of the page that shows the results of the tool.
    pub resource: Option<&'static str>,
    /// The callers for which hosts list the tool: the model, the page, or both.
    pub visibility: UiVisibility,
}

/// Who may call a tool. Hosts enforce it, and the server cannot tell who has called.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiVisibility {
    /// The model and the pages of the server.
    ModelAndApp,
    /// The pages of the server.
    AppOnly,
    /// The model.
    ModelOnly,
}

impl ToolUi {
    /// Adds the option to `_meta`.
    pub(crate) fn write(self, meta: &mut Map<String, Value>) {
        write_tool(meta, self.resource, self.visibility);
    }

    /// Returns whether models never see the tool.
    pub(crate) fn is_hidden_from_models(self) -> bool {
        self.visibility == UiVisibility::AppOnly
    }
}

/// Adds the page of a tool, and who may call the tool, to `_meta`. The latter is always written: `@ai-sdk/mcp` takes a tool
/// that does not state it for a tool of the model only, although the default of SEP-1865 is both.
pub(crate) fn write_tool(
    meta: &mut Map<String, Value>,
    resource: Option<&str>,
    visibility: UiVisibility,
) {
    let ui = object(meta);
    let visibility = match visibility {
        UiVisibility::ModelAndApp => json!(["model", "app"]),
        UiVisibility::AppOnly => json!(["app"]),
        UiVisibility::ModelOnly => json!(["model"]),
    };
    ui.insert("visibility".into(), visibility);
    if let Some(resource) = resource {
        ui.insert("resourceUri".into(), resource.into());
        meta.insert(EARLIER_KEY.into(), resource.into());
    }
}

/// The options of a UI resource.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct UiResource {
    /// Returns the origins that the page may use.
    pub csp: Option<fn() -> UiCsp>,
    /// The permissions that the page asks for.
    pub permissions: &'static [UiPermission],
    /// Returns the origin of the page, in the form of a host.
    pub domain: Option<fn() -> String>,
    /// Returns whether the host should draw a border around the page.
    pub prefers_border: Option<fn() -> bool>,
}

/// The origins that a page may use. A host allows no others.
#[doc(hidden)]
#[derive(Debug, Clone, Default)]
pub struct UiCsp {
    /// For `fetch` and web sockets.
    pub connect: Vec<String>,
    /// For scripts, styles, images, fonts and media.
    pub resource: Vec<String>,
    /// For nested frames.
    pub frame: Vec<String>,
    /// For `<base>`.
    pub base_uri: Vec<String>,
}

/// A permission of a page.
#[doc(hidden)]
#[allow(missing_docs, reason = "the permissions of browsers")]
#[derive(Debug, Clone, Copy)]
pub enum UiPermission {
    Camera,
    Microphone,
    Geolocation,
    ClipboardWrite,
}

impl UiCsp {
    /// Returns the lists: the name in the attribute, the name in `_meta` and the origins.
    fn lists(&self) -> [(&'static str, &'static str, &[String]); 4] {
        [
            ("connect", "connectDomains", &self.connect),
            ("resource", "resourceDomains", &self.resource),
            ("frame", "frameDomains", &self.frame),
            ("base_uri", "baseUriDomains", &self.base_uri),
        ]
    }

    fn wire(&self) -> Value {
        let lists = self.lists().into_iter();
        let given = lists.filter(|(_, _, origins)| !origins.is_empty());
        given
            .map(|(_, name, origins)| (name.to_owned(), json!(origins)))
            .collect::<Map<_, _>>()
            .into()
    }
}

impl UiPermission {
    fn wire(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::Geolocation => "geolocation",
            Self::ClipboardWrite => "clipboardWrite",
        }
    }
}

impl UiResource {
    /// Adds the options to `_meta`.
    pub(crate) fn write(self, meta: &mut Map<String, Value>) {
        if let Some(csp) = self.csp {
            object(meta).insert("csp".into(), csp().wire());
        }
        if !self.permissions.is_empty() {
            let permissions = self.permissions.iter();
            let permissions: Map<String, Value> = permissions
                .map(|it| (it.wire().to_owned(), json!({})))
                .collect();
            object(meta).insert("permissions".into(), permissions.into());
        }
        if let Some(domain) = self.domain {
            object(meta).insert("domain".into(), domain().into());
        }
        if let Some(prefers_border) = self.prefers_border {
            object(meta).insert("prefersBorder".into(), prefers_border().into());
        }
    }

    /// Returns the first problem with a value that the compiler has not seen, and the fix.
    pub(crate) fn problem(self) -> Option<String> {
        let csp = self.csp.map(|csp| csp()).unwrap_or_default();
        let problem = csp.lists().into_iter().find_map(|(name, _, origins)| {
            let mut origins = origins.iter();
            let problem = origins.find_map(|it| origin::problem(it, name == "connect"))?;
            Some(format!("`{name}(…)` in `csp(…)`: {problem}"))
        });
        problem.or_else(|| {
            let domain = self.domain?();
            let is_host = !domain.is_empty() && !domain.contains(['/', ':', ' ']);
            (!is_host).then(|| {
                format!(
                    "`domain` must be a host name in the form that the host of the app documents, such as \
                     `www-example-com.oaiusercontent.com`; got `{domain}`"
                )
            })
        })
    }

    /// Completes the contents of the resource: a host reads the options from them, before those of the list.
    pub(crate) fn complete(self, contents: Vec<ResourceContents>) -> Vec<ResourceContents> {
        let mut own = Map::new();
        self.write(&mut own);
        let mut contents = contents;
        for content in &mut contents {
            if let ResourceContents::TextResourceContents {
                mime_type, meta, ..
            }
            | ResourceContents::BlobResourceContents {
                mime_type, meta, ..
            } = content
            {
                *mime_type = Some(MIME_TYPE.to_owned());
                let Some(ui) = own.get(KEY) else { continue };
                let MetaObject(meta) = meta.get_or_insert_default();
                meta.entry(KEY).or_insert_with(|| ui.clone());
            }
        }
        contents
    }
}

/// Returns whether the URI is that of a UI resource.
pub(crate) fn is_ui(uri: &str) -> bool {
    let scheme = uri.get(..SCHEME.len());
    scheme.is_some_and(|it| it.eq_ignore_ascii_case(SCHEME))
}

/// Rewrites the URI of the page in the listing of a tool. `outer` returns `None` for a URI that stays the same.
pub(crate) fn rewrite(tool: &mut Tool, outer: impl Fn(&str) -> Option<String>) {
    if let Some(MetaObject(meta)) = &mut tool.meta {
        rewrite_meta(meta, outer);
    }
}

/// As [`rewrite`], in `_meta`.
pub(crate) fn rewrite_meta(meta: &mut Map<String, Value>, outer: impl Fn(&str) -> Option<String>) {
    let current = meta.get_mut(KEY).and_then(|it| it.get_mut("resourceUri"));
    replace(current, &outer);
    replace(meta.get_mut(EARLIER_KEY), &outer);
}

fn replace(uri: Option<&mut Value>, outer: impl Fn(&str) -> Option<String>) {
    if let Some(Value::String(uri)) = uri
        && let Some(outer) = outer(uri)
    {
        *uri = outer;
    }
}

/// Returns the object in `_meta` that has all options. The option `meta` may have set other keys of it.
fn object(meta: &mut Map<String, Value>) -> &mut Map<String, Value> {
    let ui = meta.entry(KEY).or_insert_with(|| json!({}));
    if !ui.is_object() {
        *ui = json!({});
    }
    match ui {
        Value::Object(ui) => ui,
        _ => unreachable!("it is an object"),
    }
}

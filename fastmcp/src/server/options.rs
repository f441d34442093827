//! [`ServerOptions`]: the settings that the builder collects, and that the start of the server
//! consumes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::call::inject::overrides::Overrides;
use crate::call::inject::states::States;
use crate::call::portable::schemas::Schemas;
use crate::component::access::Rule;
use crate::component::added::DynamicComponents;
use crate::component::call_settings::CallSettings;
use crate::component::dispatch::Identity;
use crate::component::part::Part;
use crate::component::place::Place;
use crate::component::task_fallback::TaskFallback;
use crate::mcp::CacheScope;
use crate::middleware::chain::Chain;
use crate::selection::Selection;
use crate::server::lifespan::LifespanFn;
use crate::server::worker::{DocketChoice, WorkerChoice};
use crate::store::Store;

/// Makes a part of a server.
pub(crate) type PartFactory = Box<dyn FnOnce(Place) -> BoxFuture<'static, Arc<dyn Part>> + Send>;

/// A part of a server, with its prefix as the program wrote it.
pub(crate) struct PartOptions {
    pub(crate) prefix: String,
    pub(crate) source: PartSource,
}

/// A page that is served next to the server.
#[cfg(feature = "dashboard")]
pub(crate) struct PageOptions {
    pub(crate) path: String,
    pub(crate) options: Box<
        dyn FnOnce(crate::dashboard::board::Dashboard) -> crate::dashboard::board::Dashboard + Send,
    >,
}

/// The source of a part.
pub(crate) enum PartSource {
    /// A server of this process.
    Mount(Box<ServerOptions>),
    /// A remote server. Without the feature `client`, there are none.
    #[cfg_attr(not(feature = "client"), expect(dead_code, reason = "only proxies"))]
    Proxy(PartFactory),
}

/// The settings of a server.
pub(crate) struct ServerOptions {
    pub(crate) identity: Identity,
    pub(crate) states: States,
    pub(crate) lifespan: Option<LifespanFn>,
    pub(crate) docket: DocketChoice,
    pub(crate) worker: WorkerChoice,
    /// True if handlers get the worker, but it runs nothing: the process ends after one call.
    pub(crate) has_idle_worker: bool,
    pub(crate) overrides: Overrides,
    pub(crate) mask_error_details: bool,
    /// The names of the request headers that are stored with a task, in lower case.
    pub(crate) task_headers: Vec<String>,
    pub(crate) calls: CallSettings,
    /// The answers to long calls of clients without support for tasks.
    pub(crate) task_fallback: Option<TaskFallback>,
    pub(crate) selection: Option<Selection>,
    /// The rule that decides which components a caller may use.
    pub(crate) visible: Option<Arc<Rule>>,
    /// The middleware around requests.
    pub(crate) middleware: Chain,
    /// The servers and other parts that are added with a prefix, in their order.
    pub(crate) parts: Vec<PartOptions>,
    /// The components that are added while the server runs.
    pub(crate) added: DynamicComponents,
    /// The APIs whose operations are tools.
    #[cfg(feature = "openapi")]
    pub(crate) apis: Vec<crate::openapi::options::OpenApi>,
    #[cfg(feature = "auth")]
    pub(crate) auth: Option<crate::auth::Auth>,
    #[cfg(feature = "events")]
    pub(crate) events: Option<crate::events::options::EventOptions>,
    /// The directories of skills.
    #[cfg(feature = "skills")]
    pub(crate) skills: Vec<crate::skills::directory::SkillDirectory>,
    #[cfg(feature = "telemetry")]
    pub(crate) telemetry: crate::telemetry::options::Telemetry,
    /// The form in which schemas are listed.
    pub(crate) schemas: Schemas,
    pub(crate) secret: Option<Vec<u8>>,
    /// The store of sessions and of their state; `None` for the environment variable.
    pub(crate) store: Option<Store>,
    pub(crate) page_size: Option<usize>,
    /// The time in milliseconds for which clients may cache responses, and the scope of the cache.
    pub(crate) cache: Option<(u64, CacheScope)>,
    /// True if common requests are answered without the protocol library; `None` for the environment
    /// variable.
    pub(crate) fast_path: Option<bool>,
    /// The time that calls in flight on byte streams have to finish when the server stops.
    pub(crate) grace: Duration,
    #[cfg(feature = "http")]
    pub(crate) http: crate::transport::http::options::HttpOptions,
    #[cfg(feature = "dashboard")]
    pub(crate) page: Option<PageOptions>,
}

impl ServerOptions {
    pub(crate) fn new(name: String) -> Self {
        Self {
            identity: Identity {
                name: name.into(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                title: None,
                instructions: None,
            },
            states: States::default(),
            lifespan: None,
            docket: DocketChoice::Environment,
            worker: WorkerChoice::On(None),
            has_idle_worker: false,
            overrides: Overrides::default(),
            mask_error_details: false,
            task_headers: Vec::new(),
            calls: CallSettings::default(),
            task_fallback: None,
            selection: None,
            visible: None,
            middleware: Chain::default(),
            parts: Vec::new(),
            added: DynamicComponents::new(),
            #[cfg(feature = "openapi")]
            apis: Vec::new(),
            #[cfg(feature = "auth")]
            auth: None,
            #[cfg(feature = "events")]
            events: None,
            #[cfg(feature = "skills")]
            skills: Vec::new(),
            #[cfg(feature = "telemetry")]
            telemetry: crate::telemetry::options::Telemetry::default(),
            schemas: Schemas::default(),
            secret: None,
            store: None,
            page_size: None,
            cache: None,
            fast_path: None,
            grace: Duration::from_secs(10),
            #[cfg(feature = "http")]
            http: crate::transport::http::options::HttpOptions::default(),
            #[cfg(feature = "dashboard")]
            page: None,
        }
    }
}

//! The guide, in the order of a project. The examples run as tests.
//!
//! | page | for |
//! |---|---|
//! | [`getting_started`] | the first server, its clients and its first test |
//! | [`from_python`], [`from_rmcp`] | the same servers side by side |
//! | [`tool_language`] | every form and option of tools, resources, prompts and tasks |
//! | [`dependencies`] | state, providers and cleanup |
//! | [`context`] | progress, logs, questions to the user |
//! | [`background_work`] | queues, retries, schedules, limits |
//! | [`operating`] | health checks, lists, dead letters, retention |
//! | [`dashboard`] | a web page that shows the docket and operates it |
//! | [`tasks`] | tool calls that clients follow |
//! | [`events`] | events that clients subscribe to |
//! | [`skills`] | folders of instructions that hosts read |
//! | [`serving_stdio`], [`serving_http`] | transports, logs, authentication |
//! | [`sessions`] | values that calls share, sessions on several replicas |
//! | [`authorization`] | access tokens, scopes, rules for callers |
//! | [`middleware`] | logs, limits and checks around requests |
//! | [`apps`] | pages of tools, which hosts show in the conversation |
//! | [`composition`] | mounted servers, remote servers, components of a running server |
//! | [`openapi`] | tools from the document of an API |
//! | [`client`] | programs that use servers |
//! | [`dev`] | edits while a client is connected, tools for coding agents |
//! | [`command_line`] | commands that list, check, call and install a server, and operate its docket |
//! | [`testing`] | tests of tools, tasks and whole servers |
//! | [`databases`] | connections, pools and transactions |
//! | [`deploying`] | containers, systemd, proxies, rolling deployments |
//! | [`changing_tasks`] | new arguments while work is queued |
//! | [`performance`] | the cost of a call, measurements and figures |
//! | [`what_models_see`] | schemas, and what hosts do to them |
//!
//! Some examples need the features `cli`, `client` and `http`. Without them, their pages are empty.
#![allow(clippy::doc_markdown, reason = "names of products are no code")]

#[doc = include_str!("../docs/getting_started.md")]
pub mod getting_started {}

#[cfg_attr(feature = "http", doc = include_str!("../docs/from_python.md"))]
#[cfg_attr(
    not(feature = "http"),
    doc = "Python's FastMCP and this library. The page is part of the documentation with the feature `http`."
)]
pub mod from_python {}

#[cfg_attr(feature = "client", doc = include_str!("../docs/from_rmcp.md"))]
#[cfg_attr(
    not(feature = "client"),
    doc = "rmcp and this library. The page is part of the documentation with the feature `client`."
)]
pub mod from_rmcp {}

#[doc = include_str!("../docs/tool_language.md")]
pub mod tool_language {}

#[doc = include_str!("../docs/dependencies.md")]
pub mod dependencies {}

#[doc = include_str!("../docs/context.md")]
pub mod context {}

#[doc = include_str!("../docs/middleware.md")]
pub mod middleware {}

#[doc = include_str!("../docs/apps.md")]
pub mod apps {}

#[cfg_attr(feature = "client", doc = include_str!("../docs/composition.md"))]
#[cfg_attr(
    not(feature = "client"),
    doc = "Mounted and remote servers. The page is part of the documentation with the feature `client`."
)]
pub mod composition {}

#[cfg_attr(feature = "openapi", doc = include_str!("../docs/openapi.md"))]
#[cfg_attr(
    not(feature = "openapi"),
    doc = "Tools from OpenAPI documents. The page is part of the documentation with the feature `openapi`."
)]
pub mod openapi {}

#[doc = include_str!("../docs/background_work.md")]
pub mod background_work {}

#[doc = include_str!("../docs/operating.md")]
pub mod operating {}

#[cfg_attr(feature = "dashboard", doc = include_str!("../docs/dashboard.md"))]
#[cfg_attr(
    not(feature = "dashboard"),
    doc = "A web page of the docket. The page is part of the documentation with the feature `dashboard`."
)]
pub mod dashboard {}

#[cfg_attr(feature = "telemetry", doc = include_str!("../docs/telemetry.md"))]
#[cfg_attr(
    not(feature = "telemetry"),
    doc = "Spans and metrics. The page is part of the documentation with the feature `telemetry`."
)]
pub mod telemetry {}

#[doc = include_str!("../docs/tasks.md")]
pub mod tasks {}

#[cfg_attr(feature = "events", doc = include_str!("../docs/events.md"))]
#[cfg_attr(
    not(feature = "events"),
    doc = "Events. The page is part of the documentation with the feature `events`."
)]
pub mod events {}

#[cfg_attr(feature = "skills", doc = include_str!("../docs/skills.md"))]
#[cfg_attr(
    not(feature = "skills"),
    doc = "Skills. The page is part of the documentation with the feature `skills`."
)]
pub mod skills {}

#[cfg_attr(feature = "stdio", doc = include_str!("../docs/serving_stdio.md"))]
#[cfg_attr(
    not(feature = "stdio"),
    doc = "Standard input and output. The page is part of the documentation with the feature `stdio`."
)]
pub mod serving_stdio {}

#[cfg_attr(feature = "http", doc = include_str!("../docs/serving_http.md"))]
#[cfg_attr(
    not(feature = "http"),
    doc = "Streamable HTTP. The page is part of the documentation with the feature `http`."
)]
pub mod serving_http {}

#[cfg_attr(feature = "http", doc = include_str!("../docs/sessions.md"))]
#[cfg_attr(
    not(feature = "http"),
    doc = "Sessions and state. The page is part of the documentation with the feature `http`."
)]
pub mod sessions {}

#[cfg_attr(feature = "auth", doc = include_str!("../docs/authorization.md"))]
#[cfg_attr(
    not(feature = "auth"),
    doc = "Access tokens. The page is part of the documentation with the feature `auth`."
)]
pub mod authorization {}

#[cfg_attr(feature = "cli", doc = include_str!("../docs/command_line.md"))]
#[cfg_attr(
    not(feature = "cli"),
    doc = "The command line of a server. The page is part of the documentation with the feature `cli`."
)]
pub mod command_line {}

#[cfg_attr(feature = "dev", doc = include_str!("../docs/dev.md"))]
#[cfg_attr(
    not(feature = "dev"),
    doc = "Edits while a client is connected. The page is part of the documentation with the feature `dev`."
)]
pub mod dev {}

#[cfg_attr(all(feature = "http", feature = "testing"), doc = include_str!("../docs/testing.md"))]
#[cfg_attr(
    not(all(feature = "http", feature = "testing")),
    doc = "Tests. The page is part of the documentation with the features `http` and `testing`."
)]
pub mod testing {}

#[cfg_attr(all(feature = "client", feature = "http"), doc = include_str!("../docs/client.md"))]
#[cfg_attr(
    not(all(feature = "client", feature = "http")),
    doc = "Clients of servers. The page is part of the documentation with the features `client` and `http`."
)]
pub mod client {}

#[doc = include_str!("../docs/databases.md")]
pub mod databases {}

#[cfg_attr(feature = "http", doc = include_str!("../docs/deploying.md"))]
#[cfg_attr(
    not(feature = "http"),
    doc = "Deployment. The page is part of the documentation with the feature `http`."
)]
pub mod deploying {}

#[doc = include_str!("../docs/changing_tasks.md")]
pub mod changing_tasks {}

#[cfg_attr(feature = "http", doc = include_str!("../docs/performance.md"))]
#[cfg_attr(
    not(feature = "http"),
    doc = "The cost of calls. The page is part of the documentation with the feature `http`."
)]
pub mod performance {}

#[doc = include_str!("../docs/what_models_see.md")]
pub mod what_models_see {}

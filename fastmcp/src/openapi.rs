//! Tools from an [`OpenAPI`](https://spec.openapis.org/oas/v3.1.1.html) document, each of which calls one operation of
//! an API over HTTP.
//!
//! [`OpenApi`] reads the document, and [`FastMcp::openapi`](crate::FastMcp::openapi) adds the tools to a server. The
//! guide [`openapi`](crate::guide::openapi) describes what becomes of parameters, bodies, schemas and responses.

mod address;
mod answer;
mod api;
mod arguments;
mod assemble;
mod body;
mod credential;
mod document;
pub(crate) mod error;
mod http_client;
mod listing;
mod media_type;
mod multipart;
mod name;
mod operation;
pub(crate) mod options;
mod parameter;
mod request;
mod results;
mod schema;
mod size;
mod style;
mod tool;
mod wire_names;

pub use bytes::Bytes;
pub use http::{Request, Response};

pub use crate::openapi::credential::{Credential, SecurityKind, SecurityScheme};
pub use crate::openapi::error::{Fault, OpenApiError, SkipReason, Skipped};
pub use crate::openapi::operation::Operation;
pub use crate::openapi::options::OpenApi;

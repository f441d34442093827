//! Authorization: which callers a server lets in over HTTP.
//!
//! A server with [`FastMcp::auth`](crate::FastMcp::auth) is a resource server of OAuth 2.1, as
//! [MCP's authorization](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization)
//! describes it: another server issues the access tokens, and this one verifies them. The guide
//! [`authorization`](crate::guide::authorization) has a complete program.

pub(crate) mod challenge;
pub(crate) mod claims;
pub(crate) mod error;
pub(crate) mod fetch;
pub(crate) mod introspection;
pub(crate) mod jwks;
pub(crate) mod jwt;
pub(crate) mod keys;
pub(crate) mod options;
pub(crate) mod resource;
pub(crate) mod static_tokens;
pub(crate) mod verifier;

pub use crate::auth::error::InvalidAuth;
pub use crate::auth::introspection::IntrospectionVerifier;
pub use crate::auth::jwt::{Algorithm, JwtVerifier};
pub use crate::auth::options::Auth;
pub use crate::auth::static_tokens::StaticTokens;
pub use crate::auth::verifier::{TokenError, TokenVerifier};

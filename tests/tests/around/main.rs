//! Middleware, mounted servers, components of a running server, and proxies.

mod middleware;
mod mount;
mod proxy;
mod runtime;

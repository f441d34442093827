//! The attribute macros of `fastmcp`.

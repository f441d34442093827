//! Transports: standard input and output, in-memory connections, streamable HTTP.

#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod in_memory;
pub(crate) mod json_lines;
#[cfg(feature = "stdio")]
pub(crate) mod stdio;

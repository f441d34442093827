//! Transports: standard input and output, in-memory connections, streamable HTTP.
//!
//! A transport receives the protocol layer of a server and a token to stop; it does not import the
//! server.

pub(crate) mod byte_stream;
pub(crate) mod error;
#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod in_memory;
pub(crate) mod json_lines;
pub(crate) mod message_size;
#[cfg(feature = "stdio")]
pub(crate) mod stdio;
pub(crate) mod stop;

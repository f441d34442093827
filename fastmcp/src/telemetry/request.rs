//! [`Request`]: what a span and a metric tell about a request, and [`Ended`]: how it ended.

/// A request of a client.
#[cfg_attr(
    not(feature = "telemetry"),
    allow(dead_code, reason = "nothing reads it")
)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'static str,
    pub(crate) target: Target<'a>,
    /// The ID of the JSON-RPC request.
    pub(crate) id: Option<String>,
    pub(crate) protocol: Option<String>,
    pub(crate) session: Option<&'a str>,
}

/// The component that a request names.
#[cfg_attr(
    not(feature = "telemetry"),
    allow(dead_code, reason = "nothing reads it")
)]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    None,
    /// `is_known` is false for a name that the client has made up. It would be an unbounded attribute of metrics.
    Tool {
        name: &'a str,
        is_known: bool,
    },
    Prompt {
        name: &'a str,
        is_known: bool,
    },
    Resource {
        uri: &'a str,
    },
}

/// The end of a request.
#[cfg_attr(
    not(feature = "telemetry"),
    allow(dead_code, reason = "nothing reads it")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Successfully,
    /// The result of a tool is an error.
    WithToolError,
    /// The response is a JSON-RPC error of this code.
    WithError(i32),
}

/// Returns the values of `network.transport` and `network.protocol.name`.
#[cfg(feature = "telemetry")]
pub(crate) fn network(is_http: bool) -> (&'static str, Option<&'static str>) {
    if is_http {
        ("tcp", Some("http"))
    } else {
        ("pipe", None)
    }
}

//! The arguments that hosts of models add to calls, although no tool lists them.

/// An argument that a host adds to every call.
struct HostArgument {
    name: &'static str,
    /// The host and its version.
    host: &'static str,
    /// The report or run that shows it.
    source: &'static str,
    /// The date of the source.
    date: &'static str,
}

/// A name belongs here only if a host sends it without being asked to: an entry hides the misspelt
/// name of a parameter.
const HOST_ARGUMENTS: &[HostArgument] = &[
    HostArgument {
        name: "wait_for_previous",
        host: "Gemini CLI 0.61.0, which adds it to every closed schema",
        source: "a run of that version",
        date: "2026-11-27",
    },
    HostArgument {
        name: "toolCallId",
        host: "n8n 1.118 and later, MCP Client Tool; SiYuan",
        source: "github.com/n8n-io/n8n, issues 21500 and 21716",
        date: "2025-11-03",
    },
];

/// Returns whether a host adds an argument of this name.
pub(crate) fn is_added_by_host(name: &str) -> bool {
    let added = HOST_ARGUMENTS.iter().find(|argument| argument.name == name);
    if let Some(HostArgument {
        host, source, date, ..
    }) = added
    {
        tracing::trace!(argument = name, host, source, date, "ignored an argument");
    }
    added.is_some()
}

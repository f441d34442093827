//! The options of [`FastMcp`] for calls of tools.

use std::time::Duration;

use crate::call::portable::schemas::WideIntegers;
use crate::server::builder::FastMcp;

impl FastMcp {
    /// Refuses arguments of the wrong JSON type, even if they have only one reading.
    ///
    /// By default, text is read as JSON where a parameter takes no text: `"3"` for a number, `"[1, 2]"`
    /// for a list, `""` and `"null"` for an argument that may be omitted. Models often send arguments in
    /// these forms. A value that fits the parameter is never read again, so a `String` gets `"3"` as
    /// text. `#[tool(strict)]` and `#[tool(strict = false)]` set it for one tool.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("ledger").strict_arguments(true);
    /// # let _ = server;
    /// ```
    pub fn strict_arguments(mut self, strict: bool) -> Self {
        self.0.calls.strict_arguments = strict;
        self
    }

    /// Ignores arguments that a tool does not have; by default, they are errors with a proposal for
    /// the right name.
    ///
    /// Arguments that hosts are known to add to every call, such as n8n's `toolCallId`, are ignored in
    /// any case, unless the tool has a parameter of that name. A value for an injected parameter is
    /// always an error. `#[tool(ignore_unknown)]` sets it for one tool.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("gateway").ignore_unknown_arguments(true);
    /// # let _ = server;
    /// ```
    pub fn ignore_unknown_arguments(mut self, ignore: bool) -> Self {
        self.0.calls.ignore_unknown_arguments = ignore;
        self
    }

    /// Sets the time without progress after which the server sends progress for a running tool, by
    /// default 15 seconds; `None` or zero sends none.
    ///
    /// Many clients end a request after 60 seconds without progress. Progress is sent only if the
    /// client gave a progress token, and its number repeats the last one of the handler.
    /// `#[tool(heartbeat = false)]` and `#[tool(heartbeat = "30s")]` set it for one tool.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports").heartbeat(None);
    /// # let _ = server;
    /// ```
    pub fn heartbeat(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.0.calls.heartbeat = interval.into();
        self
    }

    /// Sets the maximum size of a tool's answer, in bytes; by default, answers have no limit.
    ///
    /// Models read answers within a budget, and hosts cut or refuse longer ones. A longer text is cut
    /// between two characters, with a line about what was cut. Longer structured content is replaced by
    /// a summary as a whole, and the result is an error if the tool lists an output schema, because
    /// clients then require the content. Either way the answer has a link to a resource with the whole
    /// answer, which the same caller or session can read for ten minutes from this process.
    /// `#[tool(max_answer = "100kB")]` sets it for one tool.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("logs").max_answer(100_000);
    /// # let _ = server;
    /// ```
    pub fn max_answer(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.0.calls.max_answer = bytes.into();
        self
    }

    /// Sets whether the server answers common requests by itself, by default `true`; otherwise, every message
    /// goes through the protocol library.
    ///
    /// Both give the same responses. The page [Performance](crate::guide::performance) lists the calls that the fast
    /// path answers.
    /// Turn it off to find out whether it causes a problem. Without this call, the environment variable
    /// `FASTMCP_FAST_PATH` decides.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("calculator").fast_path(false);
    /// # let _ = server;
    /// ```
    pub fn fast_path(mut self, enabled: bool) -> Self {
        self.0.fast_path = Some(enabled);
        self
    }

    /// Sets the number of JSON values that a message of any length may have, by default 50,000.
    ///
    /// A parsed value takes about 300 bytes of memory, whatever its length. So a message may take three times its
    /// length for its values, or 320 bytes for each of this number, if that is more; others are refused. Raise
    /// it for tools that take long lists of numbers.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("vectors").max_values(1_000_000);
    /// # let _ = server;
    /// ```
    pub fn max_values(mut self, values: usize) -> Self {
        self.0.calls.max_values = values;
        self
    }

    /// Sets the form of integers of 64 bits in the schemas and results of tools; by default, they are
    /// numbers, which clients in JavaScript round above 2^53.
    ///
    /// With [`WideIntegers::Text`], they are listed and sent as strings of digits. Arguments are accepted
    /// in both forms, also with [`strict_arguments`](Self::strict_arguments).
    /// `#[tool(wide_integers = "text")]` sets it for one tool.
    ///
    /// ```
    /// use fastmcp::{FastMcp, WideIntegers};
    ///
    /// let server = FastMcp::new("ledger").wide_integers(WideIntegers::Text);
    /// # let _ = server;
    /// ```
    pub fn wide_integers(mut self, form: WideIntegers) -> Self {
        self.0.calls.wide_integers = form;
        self
    }

    /// Checks the structured content of results against the output schema of the tool; by default, only
    /// builds with debug assertions check it.
    ///
    /// Clients refuse structured content that does not match the listed schema. A result that does not
    /// match becomes an error that names the tool, the place in the value and the fix; it is also logged.
    /// This happens if `JsonSchema` and `Serialize` of a type disagree, or if a tool with an
    /// `output_schema` returns something else.
    ///
    /// ```
    /// let server = fastmcp::FastMcp::new("reports").check_results(true);
    /// # let _ = server;
    /// ```
    pub fn check_results(mut self, check: bool) -> Self {
        self.0.calls.check_results = check;
        self
    }
}

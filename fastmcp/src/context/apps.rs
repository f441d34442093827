//! The support of the client for MCP Apps.

use crate::context::request::Context;

impl Context {
    /// Returns `true` if the client has declared that it shows the pages of [apps](crate::guide::apps): the extension
    /// `io.modelcontextprotocol/ui` with the MIME type `text/html;profile=mcp-app` (SEP-1865).
    ///
    /// A tool with a page needs no answer to this, because a client that shows no pages ignores them. A tool may use it
    /// to send a longer text to the others.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// # #[resource("ui://chart/view.html")]
    /// # fn page() -> &'static str { "<!doctype html>" }
    /// /// Shows the sales of a year.
    /// #[tool(ui = "ui://chart/view.html")]
    /// async fn sales(year: u16, ctx: Context) -> String {
    ///     if ctx.client_supports_apps() {
    ///         format!("The sales of {year} are shown to the user.")
    ///     } else {
    ///         format!("The sales of {year}: January 12, February 9, March 17")
    ///     }
    /// }
    /// ```
    pub fn client_supports_apps(&self) -> bool {
        self.0.input_capabilities.apps
    }
}

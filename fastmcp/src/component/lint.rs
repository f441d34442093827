//! [`Lint`]: a part of a server's lists that a model host may refuse or misread.

use std::fmt;

use crate::registration::Location;

/// A part of a server's lists that a host of models may refuse, drop or misread, although it follows
/// the protocol. [`Server::lints`](crate::Server::lints) returns all of a server; the guide
/// [`what_models_see`](crate::guide::what_models_see) explains each code.
///
/// ```standalone_crate
/// use fastmcp::prelude::*;
///
/// #[tool]
/// async fn undocumented(text: String) -> String {
///     text
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> fastmcp::Result<()> {
/// let server = FastMcp::new("lints").start().await?;
/// let codes: Vec<&str> = server.lints().iter().map(|lint| lint.code).collect();
/// assert_eq!(codes, ["missing-description"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lint {
    /// The name of the rule, such as `missing-description`. `#[tool(allow("…"))]` takes it.
    pub code: &'static str,
    /// The kind of the component: `tool`, or `server` for a lint about all tools together.
    pub kind: &'static str,
    /// The name of the component.
    pub component: String,
    /// The location of the function; `None` for a lint about all tools together.
    pub location: Option<Location>,
    /// The place in a schema, such as `order.items[]`; empty if the lint is about the whole component.
    pub path: String,
    /// The behaviour of hosts, and the fix.
    pub message: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.component)?;
        if let Some(location) = self.location {
            write!(f, " ({location})")?;
        }
        if !self.path.is_empty() {
            write!(f, ", `{}`", self.path)?;
        }
        write!(f, ": {} [{}]", self.message, self.code)
    }
}

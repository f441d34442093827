//! The options of [`FastMcp`] that decide which components a caller may use.

use std::sync::Arc;

use crate::caller::Caller;
use crate::component::access::Component;
use crate::server::builder::FastMcp;

impl FastMcp {
    /// Sets a rule that decides which tools, resources and prompts a caller may use. The others are not in its
    /// lists, and requests for them fail as for unknown ones.
    ///
    /// The rule runs for every component of a list and for every call, so it should only compare what the
    /// caller and the component already have. It applies to all transports;
    /// [`Caller::is_local`] is true on standard input and output. A second rule replaces the first.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    ///
    /// let server = FastMcp::new("orders").visible(|caller, component| {
    ///     let is_staff = |it: &fastmcp::Principal| it.claim::<bool>("staff") == Some(true);
    ///     !component.tags().contains(&"internal") || caller.principal().is_some_and(is_staff)
    /// });
    /// # let _ = server;
    /// ```
    ///
    /// To hide a tool from all callers until it is shown again, use [`Context::hide`](crate::Context::hide).
    pub fn visible(
        mut self,
        rule: impl Fn(&Caller, &Component) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.0.visible = Some(Arc::new(rule));
        self
    }

    /// Lets only callers with a valid access token use the server over HTTP. The guide
    /// [`authorization`](crate::guide::authorization) has a complete program.
    ///
    /// One call installs the verifier, the metadata document that leads clients to the authorization server
    /// (RFC 9728), the challenges of refused requests, and the scopes of tools, resources and prompts. Standard
    /// input and output need no token: the client has started this process.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::auth::Auth;
    ///
    /// let auth = Auth::jwt("https://mcp.example.com/mcp", "https://login.example.com");
    /// let server = FastMcp::new("orders").auth(auth);
    /// # let _ = server;
    /// ```
    #[cfg(feature = "auth")]
    pub fn auth(mut self, auth: crate::auth::Auth) -> Self {
        self.0.auth = Some(auth);
        self
    }
}

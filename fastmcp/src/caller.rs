//! [`Caller`]: the client of a request, for rules about what it may use.

use crate::principal::Principal;

/// The client of a request.
///
/// [`FastMcp::visible`](crate::FastMcp::visible) has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Local,
    Http(Option<Principal>),
}

impl Caller {
    /// The client of standard input and output or of another byte stream, which runs with the rights of this
    /// process.
    pub(crate) const LOCAL: Self = Self(Kind::Local);

    /// Returns the client of an HTTP request.
    pub(crate) fn http(principal: Option<Principal>) -> Self {
        Self(Kind::Http(principal))
    }

    /// Returns whether the client is connected to this process by standard input and output, or by another
    /// byte stream. It needs no scopes.
    pub fn is_local(&self) -> bool {
        matches!(self.0, Kind::Local)
    }

    /// Returns the authenticated caller; `None` for local clients and for anonymous ones.
    pub fn principal(&self) -> Option<&Principal> {
        match &self.0 {
            Kind::Local => None,
            Kind::Http(principal) => principal.as_ref(),
        }
    }

    /// Returns whether the client is local or has this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.is_local() || self.principal().is_some_and(|it| it.has_scope(scope))
    }
}

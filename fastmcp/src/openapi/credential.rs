//! [`Credential`]: what an API requires to let a request in.

use std::fmt;

use crate::openapi::document::{Document, Located};
use crate::openapi::parameter::Place;

/// A security scheme of a document (`components.securitySchemes`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityScheme {
    pub(crate) name: String,
    pub(crate) kind: SecurityKind,
}

impl SecurityScheme {
    /// Returns the name in the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the kind.
    pub fn kind(&self) -> &SecurityKind {
        &self.kind
    }
}

/// The kind of a security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecurityKind {
    /// A key in a header of this name.
    HeaderKey(String),
    /// A key in a parameter of the query of this name.
    QueryKey(String),
    /// A key in a cookie of this name.
    CookieKey(String),
    /// A user and a password (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750), also those of OAuth 2 and `OpenID` Connect.
    Bearer,
    /// Another one, such as TLS certificates of clients, for which no credential can be given.
    Other(String),
}

/// A credential for one request. Its text is in no log and no error.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credential {
    /// A key or a token.
    Key(String),
    /// A user and a password.
    Basic {
        /// The name of the user.
        user: String,
        /// The password.
        password: String,
    },
}

impl Credential {
    /// Creates a key, or a bearer token.
    pub fn key(key: impl Into<String>) -> Self {
        Self::Key(key.into())
    }

    /// Creates the credential of a user.
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self::Basic {
            user: user.into(),
            password: password.into(),
        }
    }

    /// Returns the value of the header `Authorization`.
    pub(crate) fn authorization(&self) -> String {
        match self {
            Self::Key(token) => format!("Bearer {token}"),
            Self::Basic { user, password } => {
                let text = format!("{user}:{password}");
                format!("Basic {}", crate::text::base64(text.as_bytes()))
            }
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key(…)",
            Self::Basic { .. } => "Basic(…)",
        })
    }
}

/// Reads the security schemes of a document. One that cannot be read is of another kind.
pub(crate) fn read(document: &Document) -> Vec<SecurityScheme> {
    let components = document.root().get("components");
    let schemes = components.and_then(|it| it.get("securitySchemes"));
    let schemes = schemes.iter().flat_map(Located::members);
    schemes
        .map(|(name, at)| SecurityScheme {
            name: name.to_owned(),
            kind: document.resolve(at).map_or_else(
                |_| SecurityKind::Other("unknown".to_owned()),
                |at| kind(&at),
            ),
        })
        .collect()
}

fn kind(at: &Located<'_>) -> SecurityKind {
    let key = at.text("name").unwrap_or_default().to_owned();
    match at.text("type").unwrap_or_default() {
        "apiKey" => match at.text("in") {
            Some("header") => SecurityKind::HeaderKey(key),
            Some("query") => SecurityKind::QueryKey(key),
            Some("cookie") => SecurityKind::CookieKey(key),
            _ => SecurityKind::Other("apiKey".to_owned()),
        },
        "http" => match at
            .text("scheme")
            .unwrap_or_default()
            .to_lowercase()
            .as_str()
        {
            "basic" => SecurityKind::Basic,
            "bearer" => SecurityKind::Bearer,
            other => SecurityKind::Other(other.to_owned()),
        },
        "oauth2" | "openIdConnect" => SecurityKind::Bearer,
        other => SecurityKind::Other(other.to_owned()),
    }
}

/// Returns whether a parameter is the key of a security scheme, which the program gives and not the model.
pub(crate) fn is_key(schemes: &[SecurityScheme], place: Place, name: &str) -> bool {
    schemes.iter().any(|scheme| match (&scheme.kind, place) {
        (SecurityKind::HeaderKey(key), Place::Header) => key.eq_ignore_ascii_case(name),
        (SecurityKind::QueryKey(key), Place::Query)
        | (SecurityKind::CookieKey(key), Place::Cookie) => key == name,
        _ => false,
    })
}

//! The header `WWW-Authenticate` of refused requests.
//!
//! Clients search the header for `scope=` and `error=` instead of parsing it, so the order matters: the
//! description, which is text, comes last and contains no `=`.

/// The reason of a refusal, for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Challenge<'a> {
    /// The request has no token. RFC 6750, section 3.1, allows no error code here.
    NoToken,
    /// The token is not valid.
    InvalidToken,
    /// The token is valid, but lacks a scope.
    InsufficientScope,
    /// The request cannot carry a token in this way.
    InvalidRequest(&'a str),
}

impl Challenge<'_> {
    fn error(self) -> Option<(&'static str, String)> {
        match self {
            Self::NoToken => None,
            Self::InvalidToken => {
                Some(("invalid_token", "the access token is not valid".to_owned()))
            }
            Self::InsufficientScope => Some((
                "insufficient_scope",
                "the access token lacks a scope of this request".to_owned(),
            )),
            Self::InvalidRequest(problem) => Some(("invalid_request", problem.to_owned())),
        }
    }

    /// Returns the value of the header. `scopes` are those that the request needs.
    pub(crate) fn header<'s>(
        self,
        scopes: impl IntoIterator<Item = &'s str>,
        metadata_url: &str,
    ) -> String {
        let scopes = scopes.into_iter().collect::<Vec<_>>().join(" ");
        let mut parameters = Vec::new();
        let error = self.error();
        if let Some((code, _)) = &error {
            parameters.push(format!("error=\"{code}\""));
        }
        if !scopes.is_empty() {
            parameters.push(format!("scope=\"{scopes}\""));
        }
        parameters.push(format!("resource_metadata=\"{metadata_url}\""));
        if let Some((_, description)) = error {
            parameters.push(format!("error_description=\"{description}\""));
        }
        format!("Bearer {}", parameters.join(", "))
    }
}

/// Returns whether `scope` is a token of RFC 6749, section 3.3.
pub(crate) fn is_scope(scope: &str) -> bool {
    let is_valid = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !scope.is_empty() && scope.bytes().all(is_valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = "https://a.example/.well-known/oauth-protected-resource/mcp";

    #[test]
    fn the_description_is_last_and_has_no_equals_sign() {
        let header = Challenge::InsufficientScope.header(["orders:read", "orders:write"], METADATA);
        let expected = format!(
            "Bearer error=\"insufficient_scope\", scope=\"orders:read orders:write\", \
             resource_metadata=\"{METADATA}\", \
             error_description=\"the access token lacks a scope of this request\""
        );
        assert_eq!(header, expected);
    }

    #[test]
    fn a_request_without_a_token_gets_no_error() {
        let header = Challenge::NoToken.header([], METADATA);
        assert_eq!(header, format!("Bearer resource_metadata=\"{METADATA}\""));
    }
}

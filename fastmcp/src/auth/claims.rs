//! Reads the caller from the claims of a verified token.

use serde_json::{Map, Value};

use crate::auth::verifier::TokenError;
use crate::principal::Principal;

/// Returns the caller of a token with these claims. The subject is `sub`; a token that a client got for
/// itself may have only a `client_id` (RFC 9068, section 2.2).
pub(crate) fn principal(claims: Map<String, Value>) -> Result<Principal, TokenError> {
    let text = |name: &str| {
        let value = claims.get(name).and_then(Value::as_str);
        value.filter(|it| !it.is_empty())
    };
    let client = text("client_id").or_else(|| text("azp"));
    let subject = match (text("sub"), client) {
        (Some(subject), _) => subject.to_owned(),
        // A user of the same issuer may have the client's name as subject.
        (None, Some(client)) => format!("client:{client}"),
        (None, None) => return Err(TokenError::invalid("it has neither `sub` nor `client_id`")),
    };
    let mut principal = Principal::new(subject).with_scopes(scopes(&claims));
    if let Some(issuer) = text("iss") {
        principal = principal.with_issuer(issuer);
    }
    if let Some(client) = client {
        principal = principal.with_client(client);
    }
    Ok(principal.with_claims(claims))
}

/// Returns the scopes: `scope` is text with spaces between the scopes (RFC 8693, section 4.2); some servers
/// use `scp`, with text or a list.
fn scopes(claims: &Map<String, Value>) -> Vec<String> {
    let words = |text: &str| {
        text.split_whitespace()
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    };
    let values = ["scope", "scp"]
        .into_iter()
        .filter_map(|name| claims.get(name));
    values
        .flat_map(|value| match value {
            Value::String(text) => words(text),
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .flat_map(words)
                .collect(),
            _ => Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claims: Value) -> Result<Principal, TokenError> {
        let Value::Object(claims) = claims else {
            panic!("claims are an object");
        };
        principal(claims)
    }

    #[test]
    fn scopes_are_text_or_a_list() {
        for claims in [
            json!({ "sub": "ada", "scope": "a:read  b:write" }),
            json!({ "sub": "ada", "scp": "a:read b:write" }),
            json!({ "sub": "ada", "scp": ["a:read", "b:write"] }),
        ] {
            let principal = read(claims).expect("a caller");
            assert_eq!(
                principal.scopes().collect::<Vec<_>>(),
                ["a:read", "b:write"]
            );
        }
    }

    #[test]
    fn a_client_without_a_user_is_another_caller_than_a_user_of_its_name() {
        let client = read(json!({ "iss": "i", "client_id": "cron" })).expect("a caller");
        let user = read(json!({ "iss": "i", "sub": "cron" })).expect("a caller");
        assert_ne!(client, user);
        assert!(read(json!({ "iss": "i", "sub": "" })).is_err());
    }
}

//! The address of an API: the one of the program, or one of the document.

use std::collections::BTreeMap;

use url::Url;

use crate::openapi::document::{Document, Located};
use crate::openapi::error::OpenApiError;

/// Returns the address of the operations of this place, without a slash at the end.
pub(crate) fn of_servers(
    document: &Document,
    servers: Option<&str>,
    variables: &BTreeMap<String, String>,
) -> Result<String, OpenApiError> {
    let servers = servers.unwrap_or("/servers");
    let server = document.at(&format!("{servers}/0"));
    // Without servers, the document is relative to its own address, which is not known.
    let template = server.as_ref().and_then(|it| it.text("url")).unwrap_or("/");
    let mut url = template.to_owned();
    let declared = server.as_ref().and_then(|it| it.get("variables"));
    for (name, variable) in declared.iter().flat_map(Located::members) {
        let value = variables
            .get(name)
            .map(String::as_str)
            .or(variable.text("default"));
        url = url.replace(&format!("{{{name}}}"), value.unwrap_or_default());
    }
    for (name, value) in variables {
        url = url.replace(&format!("{{{name}}}"), value);
    }
    check(&url)
}

/// Checks an address, and returns it without a slash at the end.
pub(crate) fn check(address: &str) -> Result<String, OpenApiError> {
    let error = |problem: &str| {
        Err(OpenApiError::BaseUrl {
            url: address.to_owned(),
            problem: problem.to_owned(),
        })
    };
    if address.contains(['{', '}']) {
        return error("it has a variable without a value");
    }
    let url = match Url::parse(address) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            return error("it is relative to the address of the document, which is not known");
        }
        Err(problem) => return error(&problem.to_string()),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return error("it is not an address of HTTP");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return error(
            "it has a query or a fragment; set parameters that all requests have as headers",
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        return error("it has a user or a password; use `OpenApi::basic`");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

//! Makes the tools of a document.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::component::dynamic::DynamicTool;
use crate::openapi::api::Api;
use crate::openapi::credential::{self, SecurityScheme};
use crate::openapi::error::OpenApiError;
use crate::openapi::http_client::HttpClient;
use crate::openapi::listing::Listing;
use crate::openapi::name::{self, UniqueNames};
use crate::openapi::options::OpenApi;
use crate::openapi::results::Results;
use crate::openapi::{address, tool};

impl OpenApi {
    /// Makes the tools of the selected operations.
    pub(crate) fn tools(self) -> Result<Vec<DynamicTool>, OpenApiError> {
        self.report()?;
        let base_url = self.base_url.as_deref().map(address::check).transpose()?;
        let schemes = credential::read(&self.document);
        if let Some(name) = self.credentials.keys().find(|name| {
            let mut schemes = schemes.iter();
            !schemes.any(|it| it.name == **name)
        }) {
            let known = schemes.iter().map(SecurityScheme::name);
            let known: Vec<String> = known.map(|it| format!("`{it}`")).collect();
            let known = if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            };
            return Err(option(
                "credential",
                format!("the document has no security scheme `{name}`; it has {known}"),
            ));
        }
        let client = match self.client {
            Some(client) => client,
            None => HttpClient::new().map_err(|problem| option("client", problem))?,
        };
        let api = Arc::new(Api {
            client,
            headers: headers(&self.headers)?,
            schemes,
            credentials: self.credentials,
            provider: self.provider,
            passes_token: self.passes_token,
            max_response: self.max_response,
            timeout: self.timeout,
        });
        let mut listing = Listing::new(&self.document);
        let mut results = Results::new(&self.document);
        let mut names = UniqueNames::default();
        let mut tools = Vec::new();
        for endpoint in &self.endpoints {
            let operation = &endpoint.operation;
            if self
                .select
                .as_ref()
                .is_some_and(|selects| !selects(operation))
            {
                continue;
            }
            let default =
                || name::of_operation(operation.id.as_deref(), &operation.method, &operation.path);
            let renamed = self.rename.as_ref().and_then(|rename| rename(operation));
            let mut name = renamed.unwrap_or_else(default);
            if let Some(prefix) = &self.prefix {
                name = name::with_prefix(prefix, &name);
            }
            let name = names.take(&name);
            let address = match &base_url {
                Some(address) => address.clone(),
                None => address::of_servers(
                    &self.document,
                    endpoint.servers.as_deref(),
                    &self.variables,
                )?,
            };
            let mut made = tool::of(
                &api,
                &self.document,
                &mut listing,
                &mut results,
                endpoint,
                name,
                address,
            )?;
            if let Some(change) = &self.change {
                made = change(operation, made);
            }
            tools.push(made);
        }
        Ok(tools)
    }

    /// Logs what is left out, or returns it as an error.
    fn report(&self) -> Result<(), OpenApiError> {
        let whole = || self.skipped.iter().filter(|it| it.parameter.is_none());
        if self.is_strict
            && let Some(first) = whole().next()
        {
            return Err(OpenApiError::Skipped {
                count: whole().count(),
                first: first.to_string(),
            });
        }
        for skipped in whole() {
            tracing::warn!("left out of the tools of an OpenAPI document: {skipped}");
        }
        Ok(())
    }
}

fn option(option: &'static str, problem: String) -> OpenApiError {
    OpenApiError::Option { option, problem }
}

fn headers(headers: &[(String, String)]) -> Result<HeaderMap, OpenApiError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        // Values may be secrets, so they are in no message.
        let invalid = |what: &str| option("header", format!("`{name}` {what}"));
        let parsed = HeaderName::from_bytes(name.as_bytes());
        let parsed = parsed.map_err(|_| invalid("is not the name of a header"))?;
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| invalid("has a value that a header cannot have"))?;
        value.set_sensitive(true);
        map.insert(parsed, value);
    }
    Ok(map)
}

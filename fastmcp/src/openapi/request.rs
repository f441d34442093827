//! Makes the request of a call from its arguments.

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use serde_json::{Map, Value};

use crate::error::ToolError;
use crate::openapi::arguments::{Argument, Target};
use crate::openapi::body::{Body, Encoding};
use crate::openapi::credential::{Credential, SecurityKind, SecurityScheme};
use crate::openapi::multipart::{self, Field};
use crate::openapi::operation::{Operation, template_names};
use crate::openapi::parameter::Place;
use crate::openapi::style;

/// The parts of a request.
#[derive(Debug)]
pub(crate) struct Draft {
    path: String,
    query: Vec<String>,
    cookies: Vec<String>,
    headers: HeaderMap,
    body: Bytes,
}

fn invalid(name: &str, problem: impl std::fmt::Display) -> ToolError {
    ToolError::new(format!("argument `{name}`: {problem}"))
}

impl Draft {
    /// Fills the parts from arguments whose names are those of the tool, and whose values are as the API names them.
    pub(crate) fn new(
        operation: &Operation,
        body: Option<&Body>,
        arguments: &[Argument],
        mut values: Map<String, Value>,
    ) -> Result<Self, ToolError> {
        let mut draft = Self {
            path: String::new(),
            query: Vec::new(),
            cookies: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let mut path_values: Vec<(&str, String)> = Vec::new();
        let mut fields: Vec<Field> = Vec::new();
        let mut whole = None;
        for argument in arguments {
            let Some(value) = values.remove(&argument.name) else {
                continue;
            };
            let parameter = match &argument.target {
                Target::WholeBody => {
                    whole = Some(value);
                    continue;
                }
                Target::Property { name, is_file } => {
                    fields.push(Field {
                        name: name.clone(),
                        value,
                        is_file: *is_file,
                    });
                    continue;
                }
                Target::Parameter(parameter) => parameter,
            };
            let (name, form) = (&*parameter.name, parameter.form);
            match parameter.place {
                Place::Path => {
                    let text = style::path(name, form, &value);
                    if text.is_empty() {
                        // The path without the value is the path of another operation.
                        return Err(invalid(
                            &argument.name,
                            "it is empty, and is a part of the path",
                        ));
                    }
                    path_values.push((name, text));
                }
                // Null stands for an argument that is left out.
                _ if value.is_null() => {}
                Place::Query => draft.query.extend(style::query(name, form, &value)),
                Place::Cookie => draft.cookies.push(style::cookie(name, form, &value)),
                Place::Header => {
                    let text = style::header(form, &value);
                    let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
                        invalid(&argument.name, "its name is not the name of a header")
                    })?;
                    let text = HeaderValue::from_str(&text)
                        .map_err(|_| invalid(&argument.name, "a header cannot have this value"))?;
                    draft.headers.insert(header, text);
                }
            }
        }
        draft.path = path(&operation.path, &path_values)?;
        if let Some(body) = body {
            draft.write_body(body, fields, whole)?;
        }
        Ok(draft)
    }

    fn write_body(
        &mut self,
        body: &Body,
        fields: Vec<Field>,
        whole: Option<Value>,
    ) -> Result<(), ToolError> {
        if whole.is_none() && fields.is_empty() && !body.is_required {
            return Ok(());
        }
        let mut media_type = body.media_type.clone();
        let fields = match &whole {
            Some(Value::Object(object)) => object
                .iter()
                .map(|(name, value)| Field {
                    name: name.clone(),
                    value: value.clone(),
                    is_file: false,
                })
                .collect(),
            _ => fields,
        };
        let bytes = match body.encoding {
            Encoding::Json => {
                let object = || fields.into_iter().map(|it| (it.name, it.value)).collect();
                let value = whole.unwrap_or_else(|| Value::Object(object()));
                value.to_string().into_bytes()
            }
            Encoding::UrlEncoded => multipart::url_encoded(body, &fields).into_bytes(),
            Encoding::Multipart => {
                let written = multipart::multipart(body, &fields);
                let (boundary, bytes) =
                    written.map_err(|problem| ToolError::new(format!("argument {problem}")))?;
                media_type = format!("multipart/form-data; boundary={boundary}");
                bytes
            }
            Encoding::Text => {
                media_type.push_str(if media_type.contains(';') {
                    ""
                } else {
                    "; charset=utf-8"
                });
                style::text(&whole.unwrap_or_default()).into_bytes()
            }
            Encoding::Bytes => multipart::decode(&style::text(&whole.unwrap_or_default()))
                .map_err(|problem| invalid("body", problem))?,
        };
        if let Ok(media_type) = HeaderValue::from_str(&media_type) {
            self.headers.insert(CONTENT_TYPE, media_type);
        }
        self.body = bytes.into();
        Ok(())
    }

    /// Adds a credential where its scheme requires it.
    pub(crate) fn authorize(
        &mut self,
        scheme: &SecurityScheme,
        credential: &Credential,
    ) -> Result<(), ToolError> {
        let key = match credential {
            Credential::Key(key) => key.clone(),
            basic @ Credential::Basic { .. } => {
                return self.secret_header(AUTHORIZATION.as_str(), &basic.authorization());
            }
        };
        match &scheme.kind {
            SecurityKind::HeaderKey(name) => self.secret_header(name, &key)?,
            SecurityKind::QueryKey(name) => {
                let pair = format!(
                    "{}={}",
                    style::encode(name, false),
                    style::encode(&key, false)
                );
                self.query.push(pair);
            }
            SecurityKind::CookieKey(name) => {
                self.cookies
                    .push(format!("{name}={}", style::encode(&key, false)));
            }
            _ => self.secret_header(AUTHORIZATION.as_str(), &credential.authorization())?,
        }
        Ok(())
    }

    /// Sets a header whose value is in no log.
    pub(crate) fn secret_header(&mut self, name: &str, value: &str) -> Result<(), ToolError> {
        let error = || ToolError::new("a credential for the API cannot be sent as a header");
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| error())?;
        let mut value = HeaderValue::from_str(value).map_err(|_| error())?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(())
    }

    /// Returns the request. `headers` are those of the program, which take precedence.
    pub(crate) fn into_request(
        mut self,
        method: &str,
        address: &str,
        headers: &HeaderMap,
    ) -> Result<Request<Bytes>, ToolError> {
        let mut url = format!("{address}{}", self.path);
        if !self.query.is_empty() {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&self.query.join("&"));
        }
        if !self.cookies.is_empty() {
            let cookies = HeaderValue::from_str(&self.cookies.join("; "));
            let cookies = cookies.map_err(|_| ToolError::new("a cookie has an invalid name"))?;
            self.headers.insert(COOKIE, cookies);
        }
        for (name, value) in headers {
            self.headers.insert(name, value.clone());
        }
        let agent = HeaderValue::from_static(concat!("fastmcp/", env!("CARGO_PKG_VERSION")));
        self.headers.entry(USER_AGENT).or_insert(agent);
        let accept = HeaderValue::from_static("application/json, */*;q=0.5");
        self.headers.entry(ACCEPT).or_insert(accept);
        let method = Method::from_bytes(method.as_bytes());
        let method = method.map_err(|_| ToolError::new("the method is invalid"))?;
        let request = Request::builder().method(method).uri(url).body(self.body);
        let mut request =
            request.map_err(|error| ToolError::new(format!("the request is invalid: {error}")))?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// Fills the path. `values` are encoded.
fn path(template: &str, values: &[(&str, String)]) -> Result<String, ToolError> {
    let mut path = String::new();
    let mut rest = template;
    for name in template_names(template) {
        let (before, after) = rest.split_once('{').unwrap_or((rest, ""));
        path.push_str(&literal(before));
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
        match values.iter().find(|(it, _)| *it == name) {
            Some((_, value)) => path.push_str(value),
            None => return Err(invalid(name, "it is missing, and is a part of the path")),
        }
    }
    path.push_str(&literal(rest));
    // Servers and clients take a segment of dots as the parent folder, also if it is encoded.
    let before_query = path.split('?').next().unwrap_or_default();
    let has_dots = before_query.split('/').any(|it| matches!(it, "." | ".."));
    if has_dots && !values.is_empty() {
        return Err(ToolError::new(
            "`.` and `..` cannot be a part of the path: they name another resource",
        ));
    }
    Ok(path)
}

/// Encodes what a document writes into a path unencoded.
fn literal(text: &str) -> String {
    text.split('#')
        .next()
        .unwrap_or_default()
        .chars()
        .fold(String::new(), |mut path, letter| {
            if letter.is_ascii_graphic()
                && !matches!(letter, '"' | '<' | '>' | '\\' | '^' | '`' | '|' | '{' | '}')
            {
                path.push(letter);
            } else {
                path.push_str(&style::encode(&letter.to_string(), false));
            }
            path
        })
}

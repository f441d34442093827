//! [`Operation`]: an operation of a document, as closures of the program see it, and the request that it makes.

use std::collections::HashSet;

use crate::openapi::body::{self, Body};
use crate::openapi::document::{Document, Located};
use crate::openapi::error::{Fault, SkipReason, Skipped};
use crate::openapi::parameter::{self, Parameter, Place, Read};

/// The methods that a path item can have.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// An operation of an [`OpenApi`](crate::openapi::OpenApi) document, for the closures that select and change tools.
#[derive(Debug, Clone)]
pub struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) id: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) is_deprecated: bool,
}

impl Operation {
    /// Returns the HTTP method, in capitals.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the path, as the document states it, such as `/pets/{id}`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the `operationId`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Returns the tags.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Returns whether the operation has this tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.iter().any(|it| it == tag)
    }

    /// Returns the summary.
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// Returns the description.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns whether the document states that the operation should not be used any more.
    pub fn is_deprecated(&self) -> bool {
        self.is_deprecated
    }

    /// Returns whether the method only reads: `GET`, `HEAD` or `OPTIONS` (RFC 9110, 9.2.1).
    pub fn is_read_only(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }
}

/// An operation that can become a tool.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) operation: Operation,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    /// The addresses that replace those of the document.
    pub(crate) servers: Option<String>,
    /// The alternatives of security schemes, one of which is required.
    pub(crate) security: Vec<Vec<String>>,
    pub(crate) pointer: String,
}

/// Reads all operations, and those that are left out.
pub(crate) fn read_all(document: &Document) -> (Vec<Endpoint>, Vec<Skipped>) {
    let mut endpoints = Vec::new();
    let mut skipped = Vec::new();
    let paths = document.root().get("paths");
    for (path, item) in paths.iter().flat_map(Located::members) {
        if path.starts_with("x-") {
            continue;
        }
        let item = match document.resolve(item) {
            Ok(item) => item,
            Err(fault) => {
                skipped.push(whole("*", path, fault.into()));
                continue;
            }
        };
        for method in METHODS {
            let Some(at) = item.get(method) else {
                continue;
            };
            let method = method.to_uppercase();
            if method == "TRACE" {
                skipped.push(whole(&method, path, SkipReason::Method(method.clone())));
                continue;
            }
            match read(document, &item, &at, &method, path, &mut skipped) {
                Ok(endpoint) => endpoints.push(endpoint),
                Err(reason) => skipped.push(whole(&method, path, reason)),
            }
        }
    }
    (endpoints, skipped)
}

fn whole(method: &str, path: &str, reason: SkipReason) -> Skipped {
    Skipped {
        method: method.to_owned(),
        path: path.to_owned(),
        parameter: None,
        reason,
    }
}

fn read(
    document: &Document,
    item: &Located<'_>,
    at: &Located<'_>,
    method: &str,
    path: &str,
    skipped: &mut Vec<Skipped>,
) -> Result<Endpoint, SkipReason> {
    if !at.value.is_object() {
        return Err(Fault::new(at.pointer.clone(), "the operation is not an object").into());
    }
    if !path.starts_with('/') {
        let pointer = item.pointer.clone();
        return Err(Fault::new(pointer, "the path does not start with `/`").into());
    }
    // Parameters of the operation replace those of the path.
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut left_out = Vec::new();
    let mut seen = HashSet::new();
    for owner in [at, item] {
        let mut own = HashSet::new();
        for located in owner.get("parameters").iter().flat_map(Located::items) {
            let place = located.pointer.clone();
            match parameter::read(document, located)? {
                Read::Ignored => {}
                Read::Parameter(parameter) => {
                    let key = (parameter.place, parameter.name.clone());
                    if !own.insert(key.clone()) {
                        let problem = format!(
                            "a second parameter `{}` in the {}: remove one of them",
                            parameter.name,
                            parameter.place.name()
                        );
                        return Err(Fault::new(place, problem).into());
                    }
                    if seen.insert(key) {
                        parameters.push(parameter);
                    }
                }
                Read::Unsupported {
                    is_required: true,
                    reason,
                    ..
                } => return Err(reason),
                Read::Unsupported { name, reason, .. } => left_out.push(Skipped {
                    parameter: Some(name),
                    ..whole(method, path, reason)
                }),
            }
        }
    }
    check_path(path, &parameters, &item.pointer)?;
    let body = match method {
        // A body has no meaning in these (RFC 9110, 9.3.1).
        "GET" | "HEAD" => None,
        _ => match body::read(document, at)? {
            body::Read::Body(body) => Some(body),
            body::Read::None => None,
            body::Read::Unsupported {
                is_required: true,
                reason,
            } => return Err(reason),
            body::Read::Unsupported { reason, .. } => {
                left_out.push(Skipped {
                    parameter: Some("body".to_owned()),
                    ..whole(method, path, reason)
                });
                None
            }
        },
    };
    skipped.extend(left_out);
    let text = |name: &str| at.text(name).map(str::to_owned);
    let tags = at.get("tags");
    Ok(Endpoint {
        operation: Operation {
            method: method.to_owned(),
            path: path.to_owned(),
            id: text("operationId"),
            tags: tags
                .iter()
                .flat_map(Located::items)
                .filter_map(|it| it.value.as_str())
                .map(str::to_owned)
                .collect(),
            summary: text("summary").or_else(|| item.text("summary").map(str::to_owned)),
            description: text("description"),
            is_deprecated: at.flag("deprecated").unwrap_or_default(),
        },
        parameters,
        body,
        servers: [at, item]
            .iter()
            .find_map(|it| it.get("servers"))
            .map(|it| it.pointer),
        security: security(document, at),
        pointer: at.pointer.clone(),
    })
}

/// Checks that each `{name}` of a path has a parameter, and the other way round.
fn check_path(path: &str, parameters: &[Parameter], pointer: &str) -> Result<(), Fault> {
    let names = template_names(path);
    let is_declared = |name: &&str| {
        let mut in_path = parameters.iter().filter(|it| it.place == Place::Path);
        in_path.any(|it| it.name == **name)
    };
    if let Some(name) = names.iter().find(|name| !is_declared(name)) {
        let problem = format!("the path has `{{{name}}}`, and no parameter declares it; add one");
        return Err(Fault::new(pointer, problem));
    }
    let unused = |it: &&Parameter| it.place == Place::Path && !names.contains(&it.name.as_str());
    if let Some(parameter) = parameters.iter().find(unused) {
        let problem = format!(
            "the parameter `{}` is in the path, and the path has no `{{{}}}`",
            parameter.name, parameter.name
        );
        return Err(Fault::new(parameter.pointer.clone(), problem));
    }
    Ok(())
}

/// Returns the names between the braces of a path.
pub(crate) fn template_names(path: &str) -> Vec<&str> {
    let parts = path.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

/// Returns the alternatives of security schemes of an operation.
fn security(document: &Document, operation: &Located<'_>) -> Vec<Vec<String>> {
    let security = operation
        .get("security")
        .or_else(|| document.root().get("security"));
    let alternatives = security.iter().flat_map(Located::items);
    alternatives
        .map(|it| it.members().map(|(name, _)| name.to_owned()).collect())
        .collect()
}

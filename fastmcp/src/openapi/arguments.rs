//! [`Inputs`]: the arguments of a tool, and the parts of the request that they fill.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::openapi::body::{Body, Encoding, is_file};
use crate::openapi::document::{Document, Located};
use crate::openapi::error::Fault;
use crate::openapi::name::{UniqueNames, of_argument};
use crate::openapi::operation::Endpoint;
use crate::openapi::parameter::Parameter;
use crate::openapi::schema::{Converter, Limits};

/// The most properties of a body that become arguments of their own.
const MAX_FLAT: usize = 100;

/// The part of the request that an argument fills.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Parameter(Parameter),
    /// A property of the body. `is_file`: the argument is base64.
    Property {
        name: String,
        is_file: bool,
    },
    WholeBody,
}

/// An argument of a tool.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) is_required: bool,
    /// The place of the schema; `None` for any value.
    pub(crate) schema: Option<String>,
    description: Option<String>,
}

/// The arguments of a tool.
#[derive(Debug, Clone)]
pub(crate) struct Inputs {
    pub(crate) arguments: Vec<Argument>,
}

/// The schema of all arguments, as the API states it.
pub(crate) struct InputSchema {
    pub(crate) root: Map<String, Value>,
    pub(crate) definitions: Map<String, Value>,
}

impl Inputs {
    /// Assigns an argument to each parameter for which `is_given` is false, and to the body.
    pub(crate) fn of(
        document: &Document,
        endpoint: &Endpoint,
        is_given: impl Fn(&Parameter) -> bool,
    ) -> Result<Self, Fault> {
        let mut arguments: Vec<Argument> = Vec::new();
        let parameters = endpoint.parameters.iter().filter(|it| !is_given(it));
        for parameter in parameters {
            arguments.push(Argument {
                name: parameter.name.clone(),
                is_required: parameter.is_required,
                schema: parameter.schema.clone(),
                description: parameter.description.clone(),
                target: Target::Parameter(parameter.clone()),
            });
        }
        if let Some(body) = &endpoint.body {
            match properties(document, body)? {
                Some(properties) => arguments.extend(properties),
                None => arguments.push(Argument {
                    name: "body".to_owned(),
                    is_required: body.is_required,
                    schema: body.schema.clone(),
                    description: body.description.clone(),
                    target: Target::WholeBody,
                }),
            }
        }
        name_all(&mut arguments);
        Ok(Self { arguments })
    }

    /// Returns the schema of all arguments.
    pub(crate) fn schema(&self, document: &Document) -> Result<InputSchema, Fault> {
        let mut converter = Converter::new(document, Limits::CHECKED);
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        for argument in &self.arguments {
            let at = argument.schema.as_deref().and_then(|it| document.at(it));
            let mut schema = match at {
                Some(at) => converter.convert(&at)?,
                None => json!({}),
            };
            if let Value::Bool(_) = schema {
                schema = json!({});
            }
            if let Value::Object(schema) = &mut schema {
                argument.describe(schema);
            }
            properties.insert(argument.name.clone(), schema);
            if argument.is_required {
                required.push(argument.name.as_str().into());
            }
        }
        let mut root = Map::new();
        root.insert("type".to_owned(), "object".into());
        root.insert("properties".to_owned(), properties.into());
        if !required.is_empty() {
            root.insert("required".to_owned(), required.into());
        }
        root.insert("additionalProperties".to_owned(), false.into());
        Ok(InputSchema {
            root,
            definitions: converter.definitions()?,
        })
    }
}

impl Argument {
    /// Adds the description of the argument.
    pub(crate) fn describe(&self, schema: &mut Map<String, Value>) {
        if let Some(text) = self.description.as_deref() {
            schema.insert("description".to_owned(), text.into());
        }
        let is_file = matches!(self.target, Target::Property { is_file: true, .. });
        if is_file {
            let text = schema
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let text = format!("{text} The bytes of the file as base64.")
                .trim_start()
                .to_owned();
            schema.insert("description".to_owned(), text.into());
            if schema.get("type").is_none() {
                schema.insert("type".to_owned(), "string".into());
            }
        }
    }
}

/// Gives each argument its own name. Parameters of the same name get the place as a suffix.
fn name_all(arguments: &mut [Argument]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for argument in arguments.iter_mut() {
        argument.name = of_argument(&argument.name);
        *counts.entry(argument.name.clone()).or_default() += 1;
    }
    let mut names = UniqueNames::default();
    for argument in arguments.iter_mut() {
        if counts.get(&argument.name).is_some_and(|count| *count > 1) {
            let place = match &argument.target {
                Target::Parameter(parameter) => parameter.place.name(),
                Target::Property { .. } | Target::WholeBody => "body",
            };
            argument.name = of_argument(&format!("{}_{place}", argument.name));
        }
        argument.name = names.take(&argument.name);
    }
}

/// Returns the properties of a body, if each of them can be an argument: the body is one object without alternatives and
/// without properties of other names.
fn properties(document: &Document, body: &Body) -> Result<Option<Vec<Argument>>, Fault> {
    if matches!(body.encoding, Encoding::Text | Encoding::Bytes) {
        return Ok(None);
    }
    let Some(at) = body.schema.as_deref().and_then(|it| document.at(it)) else {
        return Ok(None);
    };
    let mut found = Flat::default();
    if !found.add(document, at, 0)? || found.properties.is_empty() {
        return Ok(None);
    }
    let is_required = |name: &str| found.required.iter().any(|it| it == name);
    let has_required = found.properties.iter().any(|(name, _)| is_required(name));
    // Without a body, its required properties are not required either, and no flat schema says that. A form is always
    // sent: some documents, such as that of Zoom, do not state that it is required.
    let is_form = matches!(body.encoding, Encoding::Multipart | Encoding::UrlEncoded);
    if (!body.is_required && has_required && !is_form) || found.properties.len() > MAX_FLAT {
        return Ok(None);
    }
    let mut arguments = Vec::new();
    for (name, at) in &found.properties {
        let target = document.resolve(at.clone())?;
        let is_file = body.encoding == Encoding::Multipart && is_file(target.value);
        arguments.push(Argument {
            name: name.clone(),
            is_required: is_required(name),
            schema: Some(at.pointer.clone()),
            description: at.text("description").map(str::to_owned),
            target: Target::Property {
                name: name.clone(),
                is_file,
            },
        });
    }
    Ok(Some(arguments))
}

#[derive(Default)]
struct Flat<'d> {
    properties: Vec<(String, Located<'d>)>,
    required: Vec<String>,
}

impl<'d> Flat<'d> {
    /// Adds the properties of a schema; `false` if it is more than an object with these properties.
    fn add(
        &mut self,
        document: &'d Document,
        at: Located<'d>,
        depth: usize,
    ) -> Result<bool, Fault> {
        let at = document.resolve(at)?;
        let Some(schema) = at.value.as_object().filter(|_| depth < 16) else {
            return Ok(false);
        };
        let is_open = schema
            .get("additionalProperties")
            .is_some_and(|it| *it != false);
        let has_more = [
            "anyOf",
            "oneOf",
            "not",
            "patternProperties",
            "if",
            "enum",
            "discriminator",
        ];
        let is_object = schema.get("type").is_none_or(|it| it == "object");
        let is_nullable = at.flag("nullable") == Some(true);
        if is_open
            || !is_object
            || is_nullable
            || has_more.iter().any(|it| schema.contains_key(*it))
        {
            return Ok(false);
        }
        for (name, property) in at.get("properties").iter().flat_map(Located::members) {
            let target = document.resolve(property.clone())?;
            let is_read_only = [&property, &target]
                .iter()
                .any(|it| it.flag("readOnly") == Some(true));
            if !is_read_only && !self.properties.iter().any(|(it, _)| it == name) {
                self.properties.push((name.to_owned(), property));
            }
        }
        for name in at.get("required").iter().flat_map(Located::items) {
            self.required.extend(name.value.as_str().map(str::to_owned));
        }
        for part in at.get("allOf").iter().flat_map(Located::items) {
            if !self.add(document, part, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

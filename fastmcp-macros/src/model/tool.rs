//! A validated `#[tool]`.

use syn::{Expr, ExprLit, Lit, Type};

use crate::errors::Errors;
use crate::model::allow::Allow;
use crate::model::annotations::{self, Annotation};
use crate::model::metadata::Metadata;
use crate::model::signature::{Head, Signature};
use crate::parse::duration::Duration;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::options::value::{Json, Value};

pub(crate) struct Tool {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) input_schema: Option<Json>,
    pub(crate) output_schema: Option<OutputSchema>,
    pub(crate) lenient: Option<Expr>,
    pub(crate) allow: Allow,
    /// The form of its schemas, if it is not that of the server.
    pub(crate) schemas: Option<Schemas>,
    pub(crate) background: Option<Background>,
}

/// The option `task`.
pub(crate) struct Background {
    /// `true` if every call is a task.
    pub(crate) required: bool,
    pub(crate) poll: Option<Duration>,
    pub(crate) ttl: Option<Duration>,
}

/// The option `schemas`.
#[derive(Clone, Copy)]
pub(crate) enum Schemas {
    Exact,
    Portable,
}

/// The option `output_schema`.
pub(crate) enum OutputSchema {
    /// The schema of a type.
    Type(Box<Type>),
    /// The schema itself.
    Json(Json),
}

impl Tool {
    pub(super) fn new(mut head: Head, options: &mut Options, errors: &mut Errors) -> Self {
        Self {
            allow: std::mem::take(&mut head.allow),
            schemas: schemas(options, errors),
            metadata: Metadata::read(options, &head.function, errors),
            annotations: annotations::of_tool(options, errors),
            input_schema: options.json("input_schema", errors),
            output_schema: output_schema(options, errors),
            lenient: options.flag("lenient", errors),
            background: background(options, errors),
            signature: Signature::new(head, errors),
        }
    }
}

fn schemas(options: &mut Options, errors: &mut Errors) -> Option<Schemas> {
    let option = options.take("schemas")?;
    if let Value::Expr(Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    })) = &option.value
    {
        match text.value().as_str() {
            "exact" => return Some(Schemas::Exact),
            "portable" => return Some(Schemas::Portable),
            _ => {}
        }
    }
    option.refuse(errors);
    None
}

fn output_schema(options: &mut Options, errors: &mut Errors) -> Option<OutputSchema> {
    if let Some(ty) = options.ty("output_schema") {
        return Some(OutputSchema::Type(Box::new(ty)));
    }
    let json = options.json("output_schema", errors);
    json.map(OutputSchema::Json)
}

/// Reads `task`, `task = "required"` or `task(required, poll = "2s", ttl = "1h")`.
fn background(options: &mut Options, errors: &mut Errors) -> Option<Background> {
    let option = options.take("task")?;
    let plain = |required| Background {
        required,
        poll: None,
        ttl: None,
    };
    match &option.value {
        Value::None => Some(plain(false)),
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) if text.value() == "required" => Some(plain(true)),
        Value::List(tokens) => {
            let mut given = Options::parse(Owner::ToolTask, tokens.clone(), errors);
            Some(Background {
                poll: given.duration("poll", errors),
                ttl: given.duration("ttl", errors),
                required: given.marker("required", errors).is_some(),
            })
        }
        Value::Expr(_) | Value::Braced(_) | Value::Type(_) => {
            option.refuse(errors);
            None
        }
    }
}

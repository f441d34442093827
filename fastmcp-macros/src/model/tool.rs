//! A validated `#[tool]`.

use syn::{Expr, ExprLit, Lit, Type};

use crate::errors::Errors;
use crate::model::allow::Allow;
use crate::model::annotations::{self, Annotation};
use crate::model::metadata::Metadata;
use crate::model::signature::{Head, Signature};
use crate::model::tool_ui::{self, ToolUi};
use crate::parse::duration::Duration;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::options::value::{Json, Value};
use crate::parse::size::Size;

pub(crate) struct Tool {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) input_schema: Option<Json>,
    pub(crate) output_schema: Option<OutputSchema>,
    /// `strict`: refuses text for an argument whose type does not accept text.
    pub(crate) strict: Option<Expr>,
    pub(crate) ignore_unknown: Option<Expr>,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) max_answer: Option<Size>,
    pub(crate) allow: Allow,
    /// The form of its schemas, if it is not that of the server.
    pub(crate) schemas: Option<Schemas>,
    /// The form of integers of 64 bits, if it is not that of the server.
    pub(crate) wide_integers: Option<WideIntegers>,
    pub(crate) background: Option<Background>,
    /// The page that shows the results.
    pub(crate) ui: Option<ToolUi>,
}

/// The option `task`.
pub(crate) struct Background {
    /// `true` if every call is a task.
    pub(crate) required: bool,
    pub(crate) poll: Option<Duration>,
    pub(crate) ttl: Option<Duration>,
}

/// The option `heartbeat`.
pub(crate) enum Heartbeat {
    Off,
    /// With the interval of the server.
    On,
    Every(Duration),
}

/// The option `schemas`.
#[derive(Clone, Copy)]
pub(crate) enum Schemas {
    Exact,
    Portable,
}

/// The option `wide_integers`.
#[derive(Clone, Copy)]
pub(crate) enum WideIntegers {
    Text,
    Number,
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
            wide_integers: wide_integers(options, errors),
            metadata: Metadata::read(options, &head, errors),
            annotations: annotations::of_tool(options, errors),
            input_schema: options.json("input_schema", errors),
            output_schema: output_schema(options, errors),
            strict: strict(options, errors),
            ignore_unknown: options.flag("ignore_unknown", errors),
            heartbeat: heartbeat(options, errors),
            max_answer: options.size("max_answer", errors),
            background: background(options, errors),
            ui: tool_ui::read(options, errors),
            signature: Signature::new(head, errors),
        }
    }
}

fn schemas(options: &mut Options, errors: &mut Errors) -> Option<Schemas> {
    let forms = [("exact", Schemas::Exact), ("portable", Schemas::Portable)];
    one_of("schemas", &forms, options, errors)
}

fn wide_integers(options: &mut Options, errors: &mut Errors) -> Option<WideIntegers> {
    let forms = [
        ("text", WideIntegers::Text),
        ("number", WideIntegers::Number),
    ];
    one_of("wide_integers", &forms, options, errors)
}

/// Reads an option whose value is one of some strings.
fn one_of<T: Copy>(
    name: &str,
    values: &[(&str, T)],
    options: &mut Options,
    errors: &mut Errors,
) -> Option<T> {
    let option = options.take(name)?;
    if let Value::Expr(Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    })) = &option.value
        && let Some((_, value)) = values.iter().find(|(name, _)| text.value() == *name)
    {
        return Some(*value);
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

/// Reads `strict`, and `lenient`, which is its opposite.
fn strict(options: &mut Options, errors: &mut Errors) -> Option<Expr> {
    let strict = options.flag("strict", errors);
    let span = options.name("lenient").map(|name| name.span());
    let lenient = options.flag("lenient", errors);
    match (strict, lenient, span) {
        (Some(_), Some(_), Some(span)) => {
            errors.span(
                span,
                "`lenient` and `strict` exclude each other: remove one of them",
            );
            None
        }
        (None, Some(lenient), _) => Some(syn::parse_quote!(!#lenient)),
        (strict, ..) => strict,
    }
}

/// Reads `heartbeat`, `heartbeat = "30s"` or `heartbeat = false`.
fn heartbeat(options: &mut Options, errors: &mut Errors) -> Option<Heartbeat> {
    let option = options.take("heartbeat")?;
    match &option.value {
        Value::None => Some(Heartbeat::On),
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Bool(on), ..
        })) => Some(if on.value {
            Heartbeat::On
        } else {
            Heartbeat::Off
        }),
        Value::Expr(expr) => {
            Duration::read("heartbeat", expr.clone(), errors).map(Heartbeat::Every)
        }
        Value::Braced(_) | Value::Type(_) | Value::List(_) => {
            option.refuse(errors);
            None
        }
    }
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

//! What an attribute says of a handler besides its name: read from its options, and checked.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit, LitStr, Type};

use super::{Kind, What};
use crate::errors::Errors;
use crate::parse::duration;
use crate::parse::function::Function;
use crate::parse::options::{Json, Options, Value};

/// What was given; an expansion spells no more than that.
#[derive(Default)]
pub(crate) struct About {
    pub(crate) icons: Vec<Expr>,
    pub(crate) tags: Vec<LitStr>,
    /// The name of each hint, and its value.
    pub(crate) hints: Vec<(Ident, TokenStream)>,
    pub(crate) meta: Option<Json>,
    pub(crate) enabled: Option<Expr>,
    /// An expression of type `Duration`.
    pub(crate) timeout: Option<TokenStream>,
    pub(crate) blocking: bool,
    pub(crate) lenient: Option<Expr>,
    pub(crate) input_schema: Option<Json>,
    pub(crate) output_schema: Option<OutputSchema>,
    pub(crate) background: Option<Background>,
}

/// What `task` says of a tool that clients may follow as a task.
pub(crate) struct Background {
    pub(crate) required: bool,
    /// Expressions of type `Duration`.
    pub(crate) poll: Option<TokenStream>,
    pub(crate) ttl: Option<TokenStream>,
}

/// What `output_schema = …` gives.
pub(crate) enum OutputSchema {
    /// The schema of a type.
    Of(Type),
    /// The schema itself.
    Given(Json),
}

impl About {
    /// Takes the options that this is made of.
    pub(crate) fn read(
        kind: &Kind,
        options: &mut Options,
        function: &Function,
        errors: &mut Errors,
    ) -> Self {
        Self {
            icons: options.list("icons", "\"https://…\"", errors),
            tags: tags(options, errors),
            hints: hints(kind, options, errors),
            meta: options.json("meta", errors),
            enabled: options.flag("enabled", errors),
            timeout: timeout(kind, options, errors),
            blocking: blocking(options, function, errors),
            lenient: options.flag("lenient", errors),
            input_schema: options.json("input_schema", errors),
            output_schema: output_schema(options, errors),
            background: background(options, errors),
        }
    }
}

fn text(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    }
}

fn tags(options: &mut Options, errors: &mut Errors) -> Vec<LitStr> {
    let mut tags: Vec<LitStr> = Vec::new();
    for expr in options.list("tags", "\"one\", \"two\"", errors) {
        let Some(tag) = text(&expr) else {
            errors.at(&expr, "a tag is a text: `tags(\"one\", \"two\")`");
            continue;
        };
        if tag.value().trim().is_empty() {
            errors.at(tag, "a tag cannot be empty");
        } else if tags.iter().any(|other| other.value() == tag.value()) {
            errors.at(tag, format!("tag `{}` is given twice", tag.value()));
        } else {
            tags.push(tag.clone());
        }
    }
    tags
}

/// The options of `annotations(…)`: flags for a tool, and for whom it is for a resource.
fn hints(kind: &Kind, options: &mut Options, errors: &mut Errors) -> Vec<(Ident, TokenStream)> {
    let is_tool = kind.what == What::Tool;
    let (known, example): (&[&str], _) = if is_tool {
        (
            &["read_only", "destructive", "idempotent", "open_world"],
            "read_only, open_world = false",
        )
    } else {
        (
            &["audience", "priority", "last_modified"],
            "audience(\"user\"), priority = 0.8",
        )
    };
    let Some(mut given) = options.group("annotations", known, example, errors) else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    for name in known {
        let Some(ident) = given.name(name) else {
            continue;
        };
        let value = match *name {
            "audience" => Some(audience(&mut given, errors)),
            "priority" => priority(&mut given, errors),
            // Spells: `Some("2026-01-31")`.
            "last_modified" => given
                .text(name, errors)
                .map(|text| quote!(::core::option::Option::Some(#text))),
            // Spells: `Some(true)`.
            _ => given
                .flag(name, errors)
                .map(|flag| quote!(::core::option::Option::Some(#flag))),
        };
        hints.extend(value.map(|value| (ident, value)));
    }
    hints
}

fn audience(given: &mut Options, errors: &mut Errors) -> TokenStream {
    let roles = given.list("audience", "\"user\"", errors);
    for role in &roles {
        let known = ["user", "assistant"];
        if !text(role).is_some_and(|role| known.contains(&&*role.value())) {
            errors.at(role, "an audience is `\"user\"` or `\"assistant\"`");
        }
    }
    // Spells: `&["user"]`.
    quote!(&[#(#roles),*])
}

fn priority(given: &mut Options, errors: &mut Errors) -> Option<TokenStream> {
    let expr = given.expr("priority", errors)?;
    if let Expr::Lit(ExprLit { lit, .. }) = &expr {
        let number: Option<f32> = match lit {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        };
        let Some(number) = number.filter(|number| (0.0..=1.0).contains(number)) else {
            errors.at(lit, "a `priority` is a number from 0.0 to 1.0");
            return None;
        };
        // Spells: `Some(0.8f32)`.
        return Some(quote!(::core::option::Option::Some(#number)));
    }
    Some(quote!(::core::option::Option::Some(#expr)))
}

/// `timeout = "30s"`, or an expression that gives a `Duration`. A task's is part of its policy.
fn timeout(kind: &Kind, options: &mut Options, errors: &mut Errors) -> Option<TokenStream> {
    if kind.what == What::Task {
        return None;
    }
    let expr = options.expr("timeout", errors)?;
    duration::tokens("timeout", &expr, errors)
}

fn blocking(options: &mut Options, function: &Function, errors: &mut Errors) -> bool {
    let Some(name) = options.name("blocking") else {
        return false;
    };
    let Some(flag) = options.flag("blocking", errors) else {
        return false;
    };
    let value = match &flag {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(value),
            ..
        }) => value.value,
        flag => {
            errors.at(
                flag,
                "option `blocking` is decided when it is compiled: write `blocking`, or leave it out",
            );
            return false;
        }
    };
    if value && function.signature.asyncness.is_some() {
        errors.span(
            name.span(),
            "`blocking` is for functions that are not `async`: take `async` away, or `blocking`",
        );
    }
    value
}

/// `task`, `task = "required"`, or `task(required, poll = "2s", ttl = "1h")`.
fn background(options: &mut Options, errors: &mut Errors) -> Option<Background> {
    let option = options.take("task")?;
    let plain = |required| Background {
        required,
        poll: None,
        ttl: None,
    };
    match option.value {
        Value::None => Some(plain(false)),
        Value::Expr(expr) if text(&expr).is_some_and(|text| text.value() == "required") => {
            Some(plain(true))
        }
        Value::List(tokens) => {
            let known = ["required", "poll", "ttl"];
            let mut given = Options::parse("tool(task(…))", &known, tokens, errors);
            let mut span = |name: &str, errors: &mut Errors| {
                let expr = given.expr(name, errors)?;
                duration::tokens(name, &expr, errors)
            };
            let (poll, ttl) = (span("poll", errors), span("ttl", errors));
            Some(Background {
                required: given.mark("required", errors),
                poll,
                ttl,
            })
        }
        value => {
            errors.span(
                value.span().unwrap_or_else(|| option.name.span()),
                "option `task` is written `task`, where clients may choose; `task = \"required\"`, \
                 where they have to; or with options: `task(required, poll = \"2s\", ttl = \"1h\")`",
            );
            None
        }
    }
}

/// A type, or JSON: written out, or an expression that gives it.
fn output_schema(options: &mut Options, errors: &mut Errors) -> Option<OutputSchema> {
    if let Some(ty) = options.ty("output_schema") {
        return Some(OutputSchema::Of(ty));
    }
    options
        .json("output_schema", errors)
        .map(OutputSchema::Given)
}

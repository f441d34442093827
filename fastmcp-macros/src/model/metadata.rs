//! The options that describe a handler to clients, and the options `enabled` and `timeout`.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;
use crate::parse::doc;
use crate::parse::duration::Duration;
use crate::parse::function::Function;
use crate::parse::options::Options;
use crate::parse::options::value::Json;

/// The metadata in the entry of a handler. An expansion contains only the options that were given.
#[derive(Default)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    /// The option `description`, or the doc comment without it.
    pub(crate) description: Option<String>,
    pub(crate) icons: Vec<Expr>,
    pub(crate) tags: Vec<LitStr>,
    pub(crate) meta: Option<Json>,
    pub(crate) enabled: Option<Expr>,
    pub(crate) timeout: Option<Duration>,
}

impl Metadata {
    pub(super) fn read(options: &mut Options, function: &Function, errors: &mut Errors) -> Self {
        let title = options.text("title", errors).map(|text| text.value());
        let description = options.text("description", errors).map(|text| text.value());
        Self {
            title,
            description: description.or_else(|| doc::text(&function.attributes)),
            icons: options.list("icons", errors),
            tags: tags(options, errors),
            meta: options.json("meta", errors),
            enabled: options.flag("enabled", errors),
            timeout: options.duration("timeout", errors),
        }
    }
}

fn tags(options: &mut Options, errors: &mut Errors) -> Vec<LitStr> {
    let mut tags: Vec<LitStr> = Vec::new();
    for expr in options.list("tags", errors) {
        let Expr::Lit(ExprLit {
            lit: Lit::Str(tag), ..
        }) = expr
        else {
            errors.at(&expr, "a tag is a string literal: `tags(\"one\", \"two\")`");
            continue;
        };
        if tag.value().trim().is_empty() {
            errors.at(tag, "a tag cannot be empty: write a word, or remove it");
        } else if tags.iter().any(|other| other.value() == tag.value()) {
            let message = format!("tag `{}` is given twice: remove one of them", tag.value());
            errors.at(tag, message);
        } else {
            tags.push(tag);
        }
    }
    tags
}

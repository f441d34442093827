//! The options that describe a handler to clients, and the options `enabled` and `timeout`.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;
use crate::model::signature::Head;
use crate::parse::doc;
use crate::parse::duration::Duration;
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
    /// The scopes that a caller must have.
    pub(crate) scopes: Vec<LitStr>,
    pub(crate) meta: Option<Json>,
    pub(crate) enabled: Option<Expr>,
    pub(crate) timeout: Option<Duration>,
}

impl Metadata {
    pub(super) fn read(options: &mut Options, head: &Head, errors: &mut Errors) -> Self {
        let title = options.text("title", errors).map(|text| text.value());
        let description = options.text("description", errors).map(|text| text.value());
        Self {
            title,
            description: description.or_else(|| doc::text(&head.function.attributes)),
            icons: options.list("icons", errors),
            tags: words("tag", "tags", options, errors),
            scopes: with_scopes_of_block(&head.scopes, scopes(options, errors)),
            meta: options.json("meta", errors),
            enabled: options.flag("enabled", errors),
            timeout: options.duration("timeout", errors),
        }
    }
}

/// Returns the scopes, which are tokens of OAuth 2 (RFC 6749, section 3.3).
pub(super) fn scopes(options: &mut Options, errors: &mut Errors) -> Vec<LitStr> {
    let mut scopes = words("scope", "scopes", options, errors);
    scopes.retain(|scope| {
        let text = scope.value();
        let is_valid = |it: char| it.is_ascii_graphic() && it != '"' && it != '\\';
        let unfit = text.chars().find(|it| !is_valid(*it));
        if let Some(unfit) = unfit {
            let message = format!(
                "a scope cannot contain {unfit:?}: use ASCII letters, digits and punctuation, and write several \
                 scopes as several strings"
            );
            errors.at(scope, message);
        }
        unfit.is_none()
    });
    scopes
}

/// Returns the scopes of the block, and then those of the method.
fn with_scopes_of_block(block: &[LitStr], method: Vec<LitStr>) -> Vec<LitStr> {
    let mut scopes = block.to_vec();
    for scope in method {
        if scopes.iter().all(|other| other.value() != scope.value()) {
            scopes.push(scope);
        }
    }
    scopes
}

/// Returns the distinct strings of the option `list`, each of which is one `item`.
pub(super) fn words(
    item: &str,
    list: &str,
    options: &mut Options,
    errors: &mut Errors,
) -> Vec<LitStr> {
    let mut words: Vec<LitStr> = Vec::new();
    for expr in options.list(list, errors) {
        let Expr::Lit(ExprLit {
            lit: Lit::Str(word),
            ..
        }) = expr
        else {
            let message = format!("a {item} is a string literal: `{list}(\"one\", \"two\")`");
            errors.at(&expr, message);
            continue;
        };
        if word.value().trim().is_empty() {
            let message = format!("a {item} cannot be empty: write a word, or remove it");
            errors.at(word, message);
        } else if words.iter().any(|other| other.value() == word.value()) {
            let message = format!(
                "{item} `{}` is given twice: remove one of them",
                word.value()
            );
            errors.at(word, message);
        } else {
            words.push(word);
        }
    }
    words
}

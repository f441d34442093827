//! The option `ui` of a tool: the page that shows its results, and who may call the tool.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;
use crate::model::ui_resource;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::options::value::Value;
use crate::parse::uri::{self, Part};

/// The option `ui`.
pub(crate) struct ToolUi {
    /// The URI of the page in the normal form.
    pub(crate) resource: Option<String>,
    pub(crate) visibility: Visibility,
}

/// The callers for which hosts list the tool: the model, the page, or both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    ModelAndApp,
    AppOnly,
    ModelOnly,
}

/// Reads `ui = "ui://…"` or `ui(resource = "ui://…", app_only)`.
pub(super) fn read(options: &mut Options, errors: &mut Errors) -> Option<ToolUi> {
    let option = options.take("ui")?;
    match &option.value {
        Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(resource),
            ..
        })) => Some(ToolUi {
            resource: page(resource, errors),
            visibility: Visibility::ModelAndApp,
        }),
        Value::List(tokens) => {
            let mut given = Options::parse(Owner::ToolUi, tokens.clone(), errors);
            if tokens.is_empty() {
                option.refuse_whole(errors);
            }
            let resource = given.text("resource", errors);
            Some(ToolUi {
                visibility: visibility(&mut given, errors),
                resource: resource.and_then(|it| page(&it, errors)),
            })
        }
        Value::None | Value::Expr(_) | Value::Braced(_) | Value::Type(_) => {
            option.refuse(errors);
            None
        }
    }
}

fn visibility(given: &mut Options, errors: &mut Errors) -> Visibility {
    let app: Option<Span> = given.marker("app_only", errors);
    let model = given.marker("model_only", errors);
    match (app, model) {
        (Some(_), Some(span)) => {
            errors.span(
                span,
                "`app_only` and `model_only` exclude each other: remove one of them, or both for a tool that \
                 the model and its page may call",
            );
            Visibility::ModelAndApp
        }
        (Some(_), None) => Visibility::AppOnly,
        (None, Some(_)) => Visibility::ModelOnly,
        (None, None) => Visibility::ModelAndApp,
    }
}

/// Returns the URI of a page in the normal form, in which servers list resources.
fn page(uri: &LitStr, errors: &mut Errors) -> Option<String> {
    if !ui_resource::is_ui(&uri.value()) {
        errors.at(uri, ui_resource::not_a_ui(&uri.value()));
        return None;
    }
    match uri::parse(uri) {
        Err(error) => {
            errors.push(error);
            None
        }
        Ok(parts) if parts.iter().any(|it| !matches!(it, Part::Literal(_))) => {
            errors.at(
                uri,
                "the URI of a tool's page cannot have variables, because hosts read the page before the tool is \
                 called: write a value in the place of each",
            );
            None
        }
        Ok(parts) => Some(parts.iter().map(ToString::to_string).collect()),
    }
}

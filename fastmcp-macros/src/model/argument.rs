//! Reads `#[arg(…)]` on parameters.

use proc_macro2::Span;
use syn::{Attribute, LitStr, Meta, Path};

use crate::errors::Errors;
use crate::model::constraints::Constraints;
use crate::model::kind::HandlerKind;
use crate::model::wire_name;
use crate::parse::function::FOREIGN;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::options::value::DefaultValue;
use crate::parse::tokens::span_ends;

/// The properties of a parameter that apply if its type makes it an argument.
#[derive(Default)]
pub(crate) struct Argument {
    /// The default value.
    pub(crate) default: Option<DefaultValue>,
    pub(crate) constraints: Constraints,
    /// The question for the user if a client sends no value.
    pub(crate) ask: Option<LitStr>,
    pub(crate) complete: Option<Path>,
    /// The span of the pattern, if the parameter is a pattern instead of a name.
    pub(crate) pattern: Option<Span>,
    /// The span of a name that no argument of a tool can have. The type decides whether the parameter is
    /// an argument.
    pub(crate) unlistable: Option<Span>,
    /// The first and the last token of `#[arg(…)]`.
    pub(crate) arg: Option<(Span, Span)>,
}

/// The options in the attributes of a parameter.
pub(super) struct Read {
    pub(super) rename: Option<String>,
    pub(super) description: Option<String>,
    pub(super) argument: Argument,
}

/// Reads the attributes of the parameter called `name`.
///
/// `is_call_argument` is true for a provider's parameter with `#[argument]`.
pub(super) fn read(
    kind: HandlerKind,
    is_call_argument: bool,
    name: &str,
    attributes: &[Attribute],
    errors: &mut Errors,
) -> Read {
    refuse_foreign(name, attributes, errors);
    let arg = attributes.iter().find(|it| it.path().is_ident("arg"));
    let owner = if is_call_argument {
        Owner::Argument
    } else {
        kind.argument_options()
    };
    let mut options = options(owner, attributes, errors);
    let description = options.text("description", errors).map(|text| text.value());
    let default = options.expr_or_default("default", errors);
    let listed_in = if is_call_argument {
        HandlerKind::Tool
    } else {
        kind
    };
    let rename = rename(listed_in, name, &mut options, errors);
    let constraints = Constraints::read(&mut options, name, errors);
    let complete = complete(kind, &mut options, errors);
    let ask = ask(kind, &mut options, default.is_some(), errors);
    Read {
        rename,
        description,
        argument: Argument {
            default,
            constraints,
            ask,
            complete,
            pattern: None,
            unlistable: None,
            arg: arg.map(span_ends),
        },
    }
}

fn rename(
    kind: HandlerKind,
    name: &str,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<String> {
    let rename = options.text("rename", errors)?;
    if rename.value().trim().is_empty() {
        errors.at(
            &rename,
            format!("parameter `{name}` cannot be renamed to an empty name"),
        );
    } else if let Some(problem) = wire_name::of_argument(&rename.value(), kind) {
        errors.at(&rename, problem);
    }
    Some(rename.value())
}

fn complete(kind: HandlerKind, options: &mut Options, errors: &mut Errors) -> Option<Path> {
    let complete = options.path("complete", errors)?;
    if kind == HandlerKind::Tool {
        errors.at(
            &complete,
            "`complete` is for arguments of prompts and resource templates: clients cannot \
             complete arguments of tools; remove it",
        );
    }
    Some(complete)
}

/// Reads `ask = "Which year?"`.
fn ask(
    kind: HandlerKind,
    options: &mut Options,
    has_default: bool,
    errors: &mut Errors,
) -> Option<LitStr> {
    let ask = options.text("ask", errors)?;
    let refusal = if kind != HandlerKind::Tool {
        "`ask` is for arguments of tools: take a `Context` and ask in the body"
    } else if has_default {
        "`ask` has no effect on an argument with a default: remove `default` or `ask`"
    } else if ask.value().trim().is_empty() {
        "the question of `ask` cannot be empty: write `ask = \"Which year?\"`"
    } else {
        return Some(ask);
    };
    errors.at(&ask, refusal);
    None
}

/// Refuses attributes of other libraries, which have no effect on a parameter.
fn refuse_foreign(name: &str, attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes {
        let foreign = FOREIGN
            .iter()
            .find(|(foreign, _)| attribute.path().is_ident(foreign));
        if let Some((foreign, fix)) = foreign {
            errors.at(
                attribute,
                format!("`#[{foreign}]` has no effect on parameter `{name}`: {fix}"),
            );
        }
    }
}

/// Parses the options of `#[arg(…)]`, if the parameter has one.
fn options(owner: Owner, attributes: &[Attribute], errors: &mut Errors) -> Options {
    let mut args = attributes.iter().filter(|it| it.path().is_ident("arg"));
    let Some(attribute) = args.next() else {
        return Options::empty();
    };
    if let Some(second) = args.next() {
        errors.at(
            second,
            "`#[arg]` is given twice: write all options into one `#[arg(…)]`",
        );
    }
    let Meta::List(list) = &attribute.meta else {
        errors.at(
            &attribute.meta,
            "`#[arg]` needs options: `#[arg(description = \"…\", default = …)]`",
        );
        return Options::empty();
    };
    Options::parse(owner, list.tokens.clone(), errors)
}

//! Reads `#[argument]` on parameters of providers.

use syn::{Attribute, FnArg, Meta};

use crate::errors::Errors;
use crate::model::kind::HandlerKind;
use crate::parse::function::Function;

/// Returns whether the parameter called `name` takes an argument of the call.
pub(super) fn read(
    kind: HandlerKind,
    name: &str,
    attributes: &[Attribute],
    errors: &mut Errors,
) -> bool {
    let Some(attribute) = find(attributes) else {
        return false;
    };
    if kind != HandlerKind::Provider {
        errors.at(
            attribute,
            format!(
                "parameter `{name}`: `#[argument]` is for parameters of a `#[dependency]`; in {}, the \
                 type alone decides whether a parameter is an argument: remove `#[argument]`",
                kind.with_article()
            ),
        );
        return false;
    }
    if !matches!(attribute.meta, Meta::Path(_)) {
        errors.at(
            &attribute.meta,
            "`#[argument]` takes no options: write `#[argument]`, and the options into `#[arg(…)]`",
        );
    }
    let depends = attributes.iter().find(|it| it.path().is_ident("depends"));
    if let Some(depends) = depends {
        errors.at(
            depends,
            format!(
                "parameter `{name}` is an argument of the call: remove `#[depends(…)]` or \
                 `#[argument]`"
            ),
        );
    }
    true
}

/// Refuses arguments of a shared provider, which outlives the call.
pub(super) fn refuse_in_shared(function: &Function, errors: &mut Errors) {
    for input in &function.signature.inputs {
        let FnArg::Typed(input) = input else {
            continue;
        };
        if let Some(attribute) = find(&input.attrs) {
            errors.at(
                attribute,
                "a shared provider lives as long as the server, but an argument exists only during \
                 one call: remove `shared` from the provider, or remove `#[argument]`",
            );
        }
    }
}

fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|it| it.path().is_ident("argument"))
}

//! Reads `#[depends(f)]` on parameters.

use syn::{Attribute, Meta, Path, PathArguments};

use crate::errors::Errors;
use crate::parse::tokens::compact;

/// The accepted forms, for error messages.
const FORMS: &str = "`#[depends(database)]`, or with a path, `#[depends(crate::db::database)]`";

/// Returns the provider that `#[depends(f)]` names, if the parameter called `name` has one.
pub(super) fn read(name: &str, attributes: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let is = |attribute: &&Attribute, name: &str| attribute.path().is_ident(name);
    let mut all = attributes.iter().filter(|it| is(it, "depends"));
    let first = all.next()?;
    if let Some(second) = all.next() {
        errors.at(
            second,
            format!("parameter `{name}` has two providers: remove one `#[depends(…)]`"),
        );
    }
    if let Some(arg) = attributes.iter().find(|it| is(it, "arg")) {
        errors.at(
            arg,
            format!(
                "parameter `{name}` is not an argument, because `#[depends(…)]` provides its value: \
                 remove `#[arg(…)]` or `#[depends(…)]`"
            ),
        );
    }
    let Meta::List(list) = &first.meta else {
        errors.at(
            &first.meta,
            format!("`#[depends]` needs the name of a provider: {FORMS}"),
        );
        return None;
    };
    if let Ok(path) = list.parse_args::<Path>() {
        let generic = path
            .segments
            .iter()
            .find(|segment| !matches!(segment.arguments, PathArguments::None));
        if let Some(generic) = generic {
            errors.at(
                generic,
                "a provider has no type parameters: remove the type arguments",
            );
            return None;
        }
        return Some(path);
    }
    let message = match list.parse_args::<syn::Expr>() {
        Ok(syn::Expr::Call(call)) => format!(
            "`#[depends]` takes the name of a provider, not a call: write `#[depends({})]`",
            compact(&call.func)
        ),
        Ok(syn::Expr::Closure(_)) => {
            "`#[depends]` takes the name of a function, not a closure: put `#[dependency]` on a \
             function and name it here"
                .to_owned()
        }
        _ => format!("`#[depends]` needs the name of a provider: {FORMS}"),
    };
    if list.tokens.is_empty() {
        errors.at(list, message);
    } else {
        errors.at(&list.tokens, message);
    }
    None
}

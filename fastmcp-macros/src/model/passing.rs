//! [`Passing`]: by value or by reference.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Type, TypeReference};

use crate::errors::Errors;
use crate::model::kind::HandlerKind;
use crate::parse::tokens::compact;

/// The way in which a function takes a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// `docket: Docket`.
    Value,
    /// `docket: &Docket`, or `text: &str` of a `String`.
    Reference,
}

/// Returns the type of the value and the way in which it is passed. Adds an error if the type is refused.
/// `is_provided` is true for a parameter with `#[depends]`.
pub(super) fn passed(
    kind: HandlerKind,
    name: &str,
    ty: &Type,
    is_provided: bool,
    errors: &mut Errors,
) -> Option<(Type, Passing)> {
    match ty {
        Type::Paren(inner) => passed(kind, name, &inner.elem, is_provided, errors),
        Type::Group(inner) => passed(kind, name, &inner.elem, is_provided, errors),
        Type::ImplTrait(_) => {
            errors.at(
                ty,
                format!(
                    "parameter `{name}` needs a concrete type, because `impl …` has no JSON schema"
                ),
            );
            None
        }
        Type::Reference(reference) => referenced(kind, name, reference, is_provided, errors),
        _ => Some((ty.clone(), Passing::Value)),
    }
}

fn referenced(
    kind: HandlerKind,
    name: &str,
    reference: &TypeReference,
    is_provided: bool,
    errors: &mut Errors,
) -> Option<(Type, Passing)> {
    let inner = &*reference.elem;
    let owned = owned(inner);
    let spelled = compact(&owned);
    let spelled = spelled.strip_prefix("::std::string::").unwrap_or(&spelled);
    if reference.mutability.is_some() {
        let ways = match kind {
            HandlerKind::Task if !is_provided => format!("`{spelled}`"),
            _ => format!("`{spelled}` or `&{spelled}`"),
        };
        errors.at(
            reference,
            format!(
                "parameter `{name}` cannot be `&mut`, because changes would be lost after the call: \
                 take {ways}"
            ),
        );
        return None;
    }
    if kind == HandlerKind::Task && !is_provided {
        errors.at(
            reference,
            format!(
                "parameter `{name}` of a task cannot be a reference, because the task runs after \
                 the caller has returned: take `{spelled}`"
            ),
        );
        return None;
    }
    // Any other lifetime is a generic parameter of the function, which `signature_rules` refuses.
    if let Some(lifetime) = reference
        .lifetime
        .as_ref()
        .filter(|it| it.ident == "static")
    {
        let spelled = compact(inner);
        let other = if is_provided {
            format!(", or `&&'static {spelled}` if the provider returns a `&'static {spelled}`")
        } else {
            String::new()
        };
        errors.at(
            lifetime,
            format!(
                "parameter `{name}` cannot be `'static`, because it is borrowed for the call only: \
                 write `&{spelled}`{other}"
            ),
        );
        return None;
    }
    Some((owned, Passing::Reference))
}

/// Returns the owned type that is borrowed as `&inner`: `String` for `str`, `Vec<T>` for a slice.
fn owned(inner: &Type) -> Type {
    match inner {
        Type::Path(path) if path.qself.is_none() && path.path.is_ident("str") => {
            let span = inner.span();
            let string = Ident::new("String", span);
            syn::parse_quote!(::std::string::#string)
        }
        Type::Slice(slice) => {
            let elem = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#elem>)
        }
        _ => inner.clone(),
    }
}

//! How a function takes the value of a parameter.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Type, TypeReference};

use crate::errors::Errors;
use crate::model::{Kind, What};

/// How a function takes a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// `docket: Docket`.
    Value,
    /// `docket: &Docket`, or `text: &str` of a `String`.
    Reference,
    /// `&self` of a `State<Self>`.
    Receiver,
}

/// The type of the value, and how it is passed; `None` for a type that was refused.
pub(super) fn passed(
    kind: &Kind,
    name: &str,
    ty: &Type,
    errors: &mut Errors,
) -> Option<(Type, Passing)> {
    match ty {
        Type::Paren(inner) => passed(kind, name, &inner.elem, errors),
        Type::Group(inner) => passed(kind, name, &inner.elem, errors),
        Type::ImplTrait(_) => {
            errors.at(
                ty,
                format!("parameter `{name}` needs a concrete type: its schema cannot be made of `impl …`"),
            );
            None
        }
        Type::Reference(reference) => referenced(kind, name, reference, errors),
        _ => Some((ty.clone(), Passing::Value)),
    }
}

fn referenced(
    kind: &Kind,
    name: &str,
    reference: &TypeReference,
    errors: &mut Errors,
) -> Option<(Type, Passing)> {
    let inner = &*reference.elem;
    let owned = owned(inner);
    let spelled = owned.to_token_stream().to_string().replace(' ', "");
    let spelled = spelled.strip_prefix("::std::string::").unwrap_or(&spelled);
    if reference.mutability.is_some() {
        let ways = match kind.what {
            What::Task => format!("`{spelled}`"),
            _ => format!("`{spelled}` or `&{spelled}`"),
        };
        errors.at(
            reference,
            format!(
                "parameter `{name}` cannot be `&mut`: no change made through it would outlive the \
                 call; take {ways}"
            ),
        );
        return None;
    }
    if kind.what == What::Task {
        errors.at(
            reference,
            format!(
                "parameter `{name}` of a task cannot be a reference: it outlives the caller; take \
                 `{spelled}`"
            ),
        );
        return None;
    }
    // Another lifetime is one of the function's, which are refused themselves.
    if let Some(lifetime) = reference
        .lifetime
        .as_ref()
        .filter(|it| it.ident == "static")
    {
        errors.at(
            lifetime,
            format!(
                "parameter `{name}` cannot be `'static`: it is lent for the call; write `&{}`",
                inner.to_token_stream()
            ),
        );
        return None;
    }
    Some((owned, Passing::Reference))
}

/// The owned type that is lent as `&inner`: `str` is lent by a `String`, a slice by a `Vec`.
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

//! The attribute that lists the limits of a field where schemars does not.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Path, parse_quote};

use crate::model::field_limits::{FieldLimits, LimitedType, fields};

/// Returns the type with an attribute on each field that has limits.
pub(super) fn expand(root: &Path, limited: &LimitedType) -> TokenStream {
    let mut input = limited.input.clone();
    for (field, limits) in fields(&mut input).into_iter().zip(&limited.limits) {
        field
            .attrs
            .extend(limits.as_ref().map(|limits| attribute(root, limits)));
    }
    input.into_token_stream()
}

fn attribute(root: &Path, limits: &FieldLimits) -> Attribute {
    let FieldLimits {
        length,
        range,
        pattern,
        inner,
    } = limits;
    let length = match length {
        None => quote!(::core::option::Option::None),
        Some((min, max)) => {
            let (min, max) = (limit(min.as_ref()), limit(max.as_ref()));
            quote!(::core::option::Option::Some((#min, #max)))
        }
    };
    // Expands to: `#[schemars(transform = FieldLimits { length: Some((Some(1 as u64), None)), … })]`.
    parse_quote! {
        #[schemars(transform = #root::__private::FieldLimits {
            length: #length,
            range: #range,
            pattern: #pattern,
            inner: #inner,
        })]
    }
}

fn limit(limit: Option<&Expr>) -> TokenStream {
    match limit {
        None => quote!(::core::option::Option::None),
        Some(limit) => quote!(::core::option::Option::Some((#limit) as u64)),
    }
}

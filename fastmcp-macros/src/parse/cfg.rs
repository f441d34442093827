//! `#[cfg(…)]` on a parameter.
//!
//! An attribute sees its function before `cfg` is applied, and a macro cannot apply it. So the
//! function is written down twice, with the parameter and without it, each under its condition and
//! with the attribute again; rustc keeps one of them, and expands that.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, Meta, Path};

use super::function::Function;

/// Both forms of a function whose first conditional parameter is there or is not; `None` where
/// no parameter is conditional.
pub(crate) fn split(
    function: &Function,
    root: &Path,
    name: &str,
    attribute: &TokenStream,
) -> Option<TokenStream> {
    let mut inputs = function.signature.inputs.iter();
    let index = inputs.position(|input| attributes(input).any(is_cfg))?;

    let mut with = function.clone();
    let mut without = function.clone();
    let condition = take(&mut with.signature.inputs[index])?;
    without.signature.inputs = function
        .signature
        .inputs
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index)
        .map(|(_, input)| input.clone())
        .collect();
    let name = syn::Ident::new(name, proc_macro2::Span::call_site());
    // Spells: `#[cfg(c)] #[tool(…)] fn f(a, b)` and `#[cfg(not(c))] #[tool(…)] fn f(b)`.
    Some(quote! {
        #[cfg(#condition)]
        #[#root::#name(#attribute)]
        #with
        #[cfg(not(#condition))]
        #[#root::#name(#attribute)]
        #without
    })
}

fn attributes(input: &FnArg) -> impl Iterator<Item = &syn::Attribute> {
    match input {
        FnArg::Receiver(receiver) => receiver.attrs.iter(),
        FnArg::Typed(parameter) => parameter.attrs.iter(),
    }
}

fn is_cfg(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
}

/// Takes the first condition of a parameter out; others stay for the next turn.
fn take(input: &mut FnArg) -> Option<TokenStream> {
    let attributes = match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(parameter) => &mut parameter.attrs,
    };
    let index = attributes.iter().position(is_cfg)?;
    match attributes.remove(index).meta {
        Meta::List(list) => Some(list.tokens),
        _ => None,
    }
}

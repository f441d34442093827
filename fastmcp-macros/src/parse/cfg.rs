//! Expands `#[cfg(…)]` and `#[cfg_attr(…, …)]` on parameters.
//!
//! An attribute macro sees its function before conditions are evaluated, and cannot evaluate them. The
//! function is therefore emitted twice, with and without the conditional part, under opposite
//! conditions. rustc keeps one of the two.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, Path, Token};

use crate::parse::function::Function;

/// Returns both forms of a function with a conditional parameter, each with the attribute again, or
/// `None` if no parameter is conditional.
pub(crate) fn split(
    function: &Function,
    root: &Path,
    name: &str,
    attribute: &TokenStream,
) -> Option<TokenStream> {
    let (with, without) = both(function)?;
    let name = syn::Ident::new(name, proc_macro2::Span::call_site());
    // Expands to: `#[tool(…)] #[cfg(c)] fn f(a, b)` and `#[tool(…)] #[cfg(not(c))] fn f(b)`.
    Some(quote! {
        #[#root::#name(#attribute)]
        #with
        #[#root::#name(#attribute)]
        #without
    })
}

/// Returns every form of a function with conditional parameters.
pub(crate) fn forms(function: Function) -> Vec<Function> {
    match both(&function) {
        Some((with, without)) => [with, without].into_iter().flat_map(forms).collect(),
        None => vec![function],
    }
}

/// Returns the function under the first condition of a parameter, and under the opposite condition.
fn both(function: &Function) -> Option<(Function, Function)> {
    let inputs = &function.signature.inputs;
    let is_conditional = |input| attributes(input).iter().any(is_conditional);
    let index = inputs.iter().position(is_conditional)?;

    let mut with = function.clone();
    let mut without = function.clone();
    let conditional = attributes_mut(&mut with.signature.inputs[index]);
    let place = conditional.iter().position(self::is_conditional)?;
    let attribute = conditional.remove(place);
    let condition = if attribute.path().is_ident("cfg") {
        let others = inputs.iter().enumerate().filter(|(it, _)| *it != index);
        without.signature.inputs = others.map(|(_, input)| input.clone()).collect();
        attribute.meta.require_list().ok()?.tokens.clone()
    } else {
        let (condition, added) = parts(&attribute)?;
        let added = added.into_iter().map(|meta| syn::parse_quote!(#[#meta]));
        conditional.splice(place..place, added);
        attributes_mut(&mut without.signature.inputs[index]).remove(place);
        quote!(#condition)
    };
    let with_condition = syn::parse_quote!(#[cfg(#condition)]);
    with.attributes.push(with_condition);
    let without_condition = syn::parse_quote!(#[cfg(not(#condition))]);
    without.attributes.push(without_condition);
    Some((with, without))
}

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(parameter) => &parameter.attrs,
    }
}

fn attributes_mut(input: &mut FnArg) -> &mut Vec<Attribute> {
    match input {
        FnArg::Receiver(receiver) => &mut receiver.attrs,
        FnArg::Typed(parameter) => &mut parameter.attrs,
    }
}

/// Returns whether an attribute is a valid condition. rustc reports invalid ones.
fn is_conditional(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => true,
        _ => parts(attribute).is_some(),
    }
}

/// Returns the condition of `#[cfg_attr(…)]`, and the attributes that it adds.
fn parts(attribute: &Attribute) -> Option<(Meta, Vec<Meta>)> {
    let list = attribute.meta.require_list().ok()?;
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated
        .parse2(list.tokens.clone())
        .ok()?;
    let mut metas = metas.into_iter();
    Some((metas.next()?, metas.collect()))
}

//! `#[cfg(…)]` and `#[cfg_attr(…, …)]` on a parameter.
//!
//! An attribute sees its function before conditions are applied, and a macro cannot apply them. So
//! the function is written down twice, with what is conditional and without it, each under its
//! condition; rustc keeps one of them.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, Path, Token};

use super::function::Function;

/// Both forms of a function with a conditional parameter, each with the attribute again; `None`
/// where no parameter is conditional.
pub(crate) fn split(
    function: &Function,
    root: &Path,
    name: &str,
    attribute: &TokenStream,
) -> Option<TokenStream> {
    let (with, without) = both(function)?;
    let name = syn::Ident::new(name, proc_macro2::Span::call_site());
    // Spells: `#[tool(…)] #[cfg(c)] fn f(a, b)` and `#[tool(…)] #[cfg(not(c))] fn f(b)`.
    Some(quote! {
        #[#root::#name(#attribute)]
        #with
        #[#root::#name(#attribute)]
        #without
    })
}

/// Every form of a function with conditional parameters; itself, if it has none.
pub(crate) fn forms(function: Function) -> Vec<Function> {
    match both(&function) {
        Some((with, without)) => [with, without].into_iter().flat_map(forms).collect(),
        None => vec![function],
    }
}

/// The function under the first condition of a parameter, and under its contrary.
fn both(function: &Function) -> Option<(Function, Function)> {
    let inputs = &function.signature.inputs;
    let is_conditional = |input| attributes(input).iter().any(is_conditional);
    let index = inputs.iter().position(is_conditional)?;

    let mut with = function.clone();
    let mut without = function.clone();
    let of_with = attributes_mut(&mut with.signature.inputs[index]);
    let place = of_with.iter().position(self::is_conditional)?;
    let attribute = of_with.remove(place);
    let condition = if attribute.path().is_ident("cfg") {
        let others = inputs.iter().enumerate().filter(|(it, _)| *it != index);
        without.signature.inputs = others.map(|(_, input)| input.clone()).collect();
        attribute.meta.require_list().ok()?.tokens.clone()
    } else {
        let (condition, added) = parts(&attribute)?;
        let added = added.into_iter().map(|meta| syn::parse_quote!(#[#meta]));
        of_with.splice(place..place, added);
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

/// Whether an attribute is a condition that can be read; what else it is, rustc says.
fn is_conditional(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => true,
        _ => parts(attribute).is_some(),
    }
}

/// The condition of `#[cfg_attr(…)]`, and what it adds.
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

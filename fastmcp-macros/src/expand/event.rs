//! The expansion of events.
//!
//! An event is a unit struct with the name of the function, so that `emit` can take it as a value. It
//! dereferences to the function, so that it can still be called.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{FnArg, Signature};

use super::expansion::Expansion;
use super::names::Names;
use super::row::Table;
use super::{body, entry, parameters};
use crate::model::event::Event;
use crate::model::signature;

/// Expands to: the unit struct with the function, and the block that registers it.
pub(super) fn expand(event: &Event) -> Expansion {
    Expansion {
        function: function(event),
        items: registration(event),
    }
}

/// Expands to: `struct build_finished;`, and the user's function as an associated function. It keeps its
/// name in rustc's messages.
fn function(event: &Event) -> TokenStream {
    let signature = &event.signature;
    let mut inner = signature.function.without_our_attributes();
    let visibility = &signature.function.visibility;
    let ident = signature.ident();
    let is_doc = |it: &syn::Attribute| it.path().is_ident("doc");
    let (docs, rest) = inner.attributes.into_iter().partition(is_doc);
    let docs: Vec<syn::Attribute> = docs;
    inner.attributes = rest;
    inner.visibility = syn::Visibility::Inherited;
    let cfg: Vec<_> = signature.function.cfg().collect();
    quote! {
        #(#docs)*
        #(#cfg)*
        #[allow(non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        #visibility struct #ident;

        #(#cfg)*
        impl #ident {
            #inner
        }
    }
}

/// Expands to: the block that implements `Event` and `Deref` for the struct, and registers it.
fn registration(event: &Event) -> TokenStream {
    let Event {
        signature,
        metadata,
        payload,
    } = event;
    let root = &signature.root;
    let ident = signature.ident();
    let cfg: Vec<_> = signature.function.cfg().collect();
    let parameters = parameters::parameter_items(signature, Table::Component);
    let returned = body::returned(signature);
    let value = Ident::new("returned", Span::mixed_site());
    let convert = body::on_type(signature, "__FastmcpValue", quote!(IntoMatch), "into_match");
    let split = body::split(signature, &value);
    // Expands to: `Ok(into_match(split(returned)))`.
    let finish = quote!(::core::result::Result::Ok(#convert(#split)));
    let call = body::call(signature, &quote!(bool), &value, &finish);
    let entry = entry::entry(signature, metadata, Vec::new());
    let payload = Names::new(*payload).ty;
    let deref = deref(signature);
    quote! {
        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::Fallback as _;

            #parameters
            #returned
            #call
            #deref

            impl __fastmcp::Event for #ident {
                type Payload = #payload;
                const ENTRY: &'static __fastmcp::EventEntry = &#entry;
            }

            __fastmcp::inventory::submit! {
                __fastmcp::RegisteredEvent(<#ident as __fastmcp::Event>::ENTRY)
            }
        };
    }
}

/// Expands to: `impl Deref for build_finished { type Target = fn(&str, &Build) -> bool; … }`.
fn deref(signature: &signature::Signature) -> TokenStream {
    let ident = signature.ident();
    let Signature { inputs, output, .. } = &signature.function.signature;
    let types = inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(input.ty.to_token_stream()),
        FnArg::Receiver(_) => None,
    });
    quote! {
        impl ::core::ops::Deref for #ident {
            type Target = fn(#(#types),*) #output;

            fn deref(&self) -> &Self::Target {
                const FUNCTION: <#ident as ::core::ops::Deref>::Target = #ident::#ident;
                &FUNCTION
            }
        }
    }
}

//! The expansion of completions.
//!
//! A completion is a function and a type of the same name. The module `depends` explains how a plain
//! function is recognized.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, quote};

use super::expansion::Expansion;
use super::row::Table;
use super::{body, entry, parameters};
use crate::model::completion::Completion;

/// Expands to: the function, the type of the same name, and the block that implements
/// `Completion` for it.
pub(super) fn expand(completion: &Completion) -> Expansion {
    let Completion {
        signature,
        metadata,
    } = completion;
    let function = signature.function.without_our_attributes();
    let root = &signature.root;
    let visibility = &signature.function.visibility;
    let ident = signature.ident();
    let cfg: Vec<_> = signature.function.cfg().collect();
    let parameters = parameters::parameter_items(signature, Table::Component);
    let returned = body::returned(signature);
    let value = Ident::new("returned", Span::mixed_site());
    let convert = body::on_type(
        signature,
        "__FastmcpValue",
        quote!(IntoCompletions),
        "into_completions",
    );
    let split = body::split(signature, &value);
    // Expands to: `Ok(into_completions(split(returned)))`.
    let finish = quote!(::core::result::Result::Ok(#convert(#split)));
    let call = body::call(signature, &quote!(__fastmcp::Completions), &value, &finish);
    let entry = entry::entry(signature, metadata, Vec::new());
    // Expands to: `enum topics {}`; the block.
    let items = quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
        #visibility enum #ident {}

        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::Fallback as _;

            #parameters
            #returned
            #call

            impl __fastmcp::Completion for #ident {
                const ENTRY: &'static __fastmcp::CompletionEntry = &#entry;
            }
        };
    };
    Expansion {
        function: function.into_token_stream(),
        items,
    }
}

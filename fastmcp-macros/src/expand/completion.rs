//! The expansion of completions, and of the parameters that name one.
//!
//! A completion is a function and a type of one name; see `depends` for how a plain function is
//! told from one.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::{body, component, parameters};
use crate::model::parameter::span_ends;
use crate::model::{Handler, What};

/// The function, unchanged; the type of the same name, and the block that makes it a completion.
pub(crate) fn expand(handler: &Handler) -> TokenStream {
    let function = handler.function.without_our_attributes();
    let root = &handler.root;
    let visibility = &handler.function.visibility;
    let ident = &handler.function.signature.ident;
    let cfg: Vec<_> = handler.function.cfg().collect();
    let parameters = parameters::items(handler, What::Completion);
    let returned = body::returned(handler);
    let value = Ident::new("returned", Span::mixed_site());
    let convert = body::on_type(
        handler,
        "__FastmcpValue",
        quote!(IntoCompletions),
        "into_completions",
    );
    let split = body::split(handler, &value);
    // Spells: `Ok(into_completions(split(returned)))`.
    let finish = quote!(::core::result::Result::Ok(#convert(#split)));
    let call = body::call(handler, &quote!(__fastmcp::Completions), &value, &finish);
    let entry = component::entry(handler);
    // Spells: the function; `enum topics {}`; a block that implements `Completion` for it.
    quote! {
        #function

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
    }
}

/// What is added to the entry of a parameter with `#[arg(complete = topics)]`.
pub(crate) fn completed(complete: Option<&Path>) -> TokenStream {
    let Some(path) = complete else {
        return TokenStream::new();
    };
    let (first, last) = span_ends(path);
    let named = Ident::new("__FastmcpCompletion", first);
    let entry = Ident::new("ENTRY", last);
    // Spells: `.completed(…<topics as Completion>::ENTRY)`, spanned like the path.
    // An import that cannot be resolved is told of where its `use` is.
    let located = Span::call_site().located_at(first);
    let import = quote_spanned!(located=> use #path as __FastmcpCompletion;);
    let found = quote_spanned!(first=> <#named as __fastmcp::Completion>::#entry);
    quote! {
        .completed({
            #[allow(unused_imports)]
            use __fastmcp::NotACompletion as __FastmcpCompletion;
            {
                #[allow(unused_imports)]
                #import
                #found
            }
        })
    }
}

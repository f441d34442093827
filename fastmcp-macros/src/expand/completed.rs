//! The expansion of `#[arg(complete = topics)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::parse::tokens::span_ends;

/// Expands to: `.with_completion({ …; <topics as Completion>::ENTRY })`, or nothing.
pub(super) fn completed(complete: Option<&Path>) -> TokenStream {
    let Some(path) = complete else {
        return TokenStream::new();
    };
    let (first, last) = span_ends(path);
    let named = Ident::new("__FastmcpCompletion", first);
    let entry = Ident::new("ENTRY", last);
    // rustc reports an unresolved import at its `use`, so the `use` gets the span of the path.
    let located = Span::call_site().located_at(first);
    let import = quote_spanned!(located=> use #path as __FastmcpCompletion;);
    let found = quote_spanned!(first=> <#named as __fastmcp::Completion>::#entry);
    // A plain function has no type of its name. The inner import then imports no type, and the outer
    // one is used.
    quote! {
        .with_completion({
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

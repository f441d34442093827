//! The expansion of `#[arg(complete = topics)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use crate::parse::tokens::span_ends;

/// Expands to: `.completed(…<topics as Completion>::ENTRY)`, or nothing.
pub(super) fn completed(complete: Option<&Path>) -> TokenStream {
    let Some(path) = complete else {
        return TokenStream::new();
    };
    let (first, last) = span_ends(path);
    let named = Ident::new("__FastmcpCompletion", first);
    let entry = Ident::new("ENTRY", last);
    // Rustc reports an unresolved import at its `use`, so the `use` is located at the path.
    let located = Span::call_site().located_at(first);
    let import = quote_spanned!(located=> use #path as __FastmcpCompletion;);
    let found = quote_spanned!(first=> <#named as __fastmcp::Completion>::#entry);
    // The outer import is found if the path is a plain function, which brings in no type.
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

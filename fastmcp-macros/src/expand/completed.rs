//! The expansion of `#[arg(complete = topics)]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::check::Check;
use crate::parse::tokens::span_ends;

/// Expands to: `.with_completion({ …; <topics as CompletionOf<…>>::ENTRY })`, or nothing.
pub(super) fn completed(complete: Option<&Path>) -> TokenStream {
    let Some(path) = complete else {
        return TokenStream::new();
    };
    let (first, last_span) = span_ends(path);
    let named = Ident::new("__FastmcpCompletion", first);
    let entry = Ident::new("ENTRY", last_span);
    // rustc reports an unresolved import at its `use`, so the `use` gets the span of the path.
    let located = Span::call_site().located_at(first);
    let import = quote_spanned!(located=> use #path as __FastmcpCompletion;);
    let is_completion = quote!(__fastmcp::Probe::<__FastmcpCompletion>::COMPLETION);
    let found =
        quote_spanned!(first=> <#named as __fastmcp::CompletionOf<{ #is_completion }>>::#entry);
    let function = path.segments.last().map(|last| {
        let check = Check {
            name: &last.ident,
            of_trait: "IsCompletion",
            types: TokenStream::new(),
            condition: is_completion,
            ends: (first, last_span),
        };
        check.item()
    });
    // A plain function has no type of its name. The inner import then imports no type, and the outer
    // one is used.
    quote! {
        .with_completion({
            #[allow(unused_imports)]
            use __fastmcp::NotACompletion as __FastmcpCompletion;
            {
                #[allow(unused_imports)]
                #import
                #[allow(unused_imports)]
                use __fastmcp::CompletionFallback as _;
                #function
                #found
            }
        })
    }
}

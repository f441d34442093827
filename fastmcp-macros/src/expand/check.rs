//! The expansion of checks that rustc evaluates, with an error of this library if one fails.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::names::unspanned;

/// A check of a type by a trait of `fastmcp::__private` that has an `on_unimplemented` text.
pub(super) struct Check<'a> {
    /// The name for `{Self}` in the text.
    pub(super) name: &'a Ident,
    /// The trait.
    pub(super) of_trait: &'a str,
    /// The types for the text.
    pub(super) types: TokenStream,
    /// The constant expression that is `true` if the check succeeds.
    pub(super) condition: TokenStream,
    /// The first and the last token at which rustc reports the error.
    pub(super) ends: (Span, Span),
}

impl Check<'_> {
    /// Expands to: `let () = <query as HasSchema<Type, { … }>>::CHECK;`. The name must be a type
    /// parameter of the surrounding function.
    pub(super) fn statement(&self) -> TokenStream {
        let (first, last) = self.ends;
        let mut name = self.name.clone();
        name.set_span(first);
        let of_trait = Ident::new(self.of_trait, first);
        let (types, condition) = (&self.types, &self.condition);
        let check = Ident::new("CHECK", last);
        let checked = quote_spanned! {first=>
            <#name as __fastmcp::#of_trait<#types { #condition }>>::#check
        };
        quote!(let () = #checked;)
    }

    /// Expands to: `const _: () = { const fn check<query>() { … } check::<()>() };`.
    pub(super) fn item(&self) -> TokenStream {
        item(&[self.name], &self.statement())
    }
}

/// Expands to: `const _: () = { const fn check<query>() { … } check::<()>() };`, in which each name is a
/// type.
pub(super) fn item(names: &[&Ident], statements: &TokenStream) -> TokenStream {
    let named = names.iter().map(|name| unspanned(name));
    let voids = names.iter().map(|_| quote!(()));
    quote! {
        const _: () = {
            #[allow(
                non_camel_case_types,
                dead_code,
                clippy::extra_unused_type_parameters,
            )]
            const fn check<#(#named),*>() {
                #statements
            }
            check::<#(#voids),*>()
        };
    }
}

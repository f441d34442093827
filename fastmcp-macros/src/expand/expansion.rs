//! [`Expansion`]: the two parts of an expanded handler.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The tokens of a handler.
pub(super) struct Expansion {
    /// The function, at its original place.
    pub(super) function: TokenStream,
    /// The items that register the function. For a method, they follow the `impl` block.
    pub(super) items: TokenStream,
}

impl ToTokens for Expansion {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { function, items } = self;
        tokens.extend(quote!(#function #items));
    }
}

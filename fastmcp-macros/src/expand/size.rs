//! The expansion of sizes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::parse::size::Size;

/// Expands to: `100000u32 as usize`, or the expression of the user.
pub(super) fn expression(size: &Size) -> TokenStream {
    match size {
        Size::Bytes(bytes, span) => quote_spanned!(*span=> #bytes as ::core::primitive::usize),
        Size::Expression(expr) => quote!(#expr),
    }
}

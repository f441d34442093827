//! The expansion of durations.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::parse::duration::Duration;

/// Expands to: `Duration::from_millis(30000)`, or the expression of the user.
pub(super) fn expression(duration: &Duration) -> TokenStream {
    match duration {
        Duration::Milliseconds(milliseconds, span) => {
            quote_spanned!(*span=> ::core::time::Duration::from_millis(#milliseconds))
        }
        Duration::Expression(expr) => quote!(#expr),
    }
}

//! The expansion that tools, resources and prompts share.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::expansion::Expansion;
use super::row::Table;
use super::{body, parameters};
use crate::model::signature::Signature;

/// The conversion of a component's return value to its reply.
pub(super) struct Reply {
    /// The items that classify the return value.
    pub(super) items: TokenStream,
    /// The type of the reply.
    pub(super) ty: TokenStream,
    /// The expression that converts the return value.
    pub(super) finish: TokenStream,
}

/// Expands to: the function, unchanged, and a block of private items that submits `registered`.
/// `value` is the local variable that `reply` converts.
pub(super) fn expand(
    signature: &Signature,
    table: Table<'_>,
    value: &Ident,
    reply: &Reply,
    registered: &TokenStream,
) -> Expansion {
    let root = &signature.root;
    let cfg = signature.function.cfg();
    let parameters = parameters::parameter_items(signature, table);
    let returned = body::returned(signature);
    let call = body::call(signature, &reply.ty, value, &reply.finish);
    let reply_items = &reply.items;
    let function = signature.function.without_our_attributes();
    let items = quote! {
        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::{Fallback as _, OutputFallback as _};

            #parameters
            #returned
            #reply_items
            #call

            __fastmcp::inventory::submit! { #registered }
        };
    };
    Expansion {
        function: function.into_token_stream(),
        items,
    }
}

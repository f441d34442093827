//! The expansion of `#[tools] impl Server { … }`.

use proc_macro2::TokenStream;
use quote::quote;

use super::handler;
use crate::model::block::{Block, BlockItem};
use crate::parse::impl_block::ImplBlock;

/// Expands to: the block with its methods, and after it the items that register them.
pub(super) fn expand(block: &Block) -> TokenStream {
    let mut items = TokenStream::new();
    let mut registered = TokenStream::new();
    for item in &block.items {
        let expansion = match item {
            BlockItem::Unchanged(item) => {
                items.extend(item.clone());
                continue;
            }
            BlockItem::Handler(handler) => handler::expand(handler),
            BlockItem::Refused(fallback) => handler::fallback(fallback),
        };
        items.extend(expansion.function);
        registered.extend(expansion.items);
    }
    let ImplBlock {
        attributes,
        impl_token,
        generics,
        of_trait,
        self_type,
        ..
    } = &block.block;
    let of_trait = of_trait.as_ref().map(|of_trait| quote!(#of_trait for));
    let (parameters, _, bounds) = generics.split_for_impl();
    quote! {
        #(#attributes)*
        #impl_token #parameters #of_trait #self_type #bounds {
            #items
        }
        #registered
    }
}

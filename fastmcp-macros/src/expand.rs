//! A validated model to tokens.
//!
//! An expansion reaches everything through `::fastmcp::__private`, and every item that it defines
//! is named `__fastmcp…` inside a `const _` block. So no name of the user's crate can change what
//! the expansion means, and the expansion hides no name of the user. Tokens that use a type of the
//! user carry the span of that type, because rustc's errors about the type should point at it.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::model::block::Block;
use crate::model::data::Data;
use crate::model::handler::Handler;
use crate::model::refused::Fallback;

mod block;
mod body;
mod completed;
mod completion;
mod component;
mod constraints;
mod data;
mod depends;
mod duration;
mod entry;
mod expansion;
mod handler;
mod literal;
mod metadata;
mod names;
mod parameters;
mod policy;
mod prompt;
mod provider;
mod resource;
mod row;
mod size;
mod task;
mod tool;

/// Expands a free function.
pub(crate) fn handler(handler: &Handler) -> TokenStream {
    handler::expand(handler).into_token_stream()
}

/// Expands the fallback of a refused function.
pub(crate) fn fallback(fallback: &Fallback) -> TokenStream {
    handler::fallback(fallback).into_token_stream()
}

/// Expands an `impl` block with handlers.
pub(crate) fn block(block: &Block) -> TokenStream {
    block::expand(block)
}

/// Expands an item of data.
pub(crate) fn data(data: &Data) -> TokenStream {
    data::expand(data)
}

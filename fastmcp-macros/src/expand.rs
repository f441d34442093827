//! Expands a validated model to tokens.
//!
//! An expansion refers to all items through `::fastmcp::__private`. Its own items are inside a `const _`
//! block, with names that start with `__fastmcp` where code of the user is in scope. Names in the user's
//! crate therefore cannot change the meaning of the expansion, and the expansion does not shadow them.
//! Outside of the block are only the function and, for a task, a provider, a completion or an event, the
//! type that represents it. Tokens that mention a type of the user have the span of that type, so that rustc's
//! errors about the type point at it.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::model::block::Block;
use crate::model::data::Data;
use crate::model::handler::Handler;
use crate::model::refused::Fallback;

mod block;
mod body;
mod call_argument;
mod check;
mod completed;
mod completion;
mod component;
mod constraints;
mod data;
mod depends;
mod duration;
mod entry;
mod event;
mod expansion;
mod field_limits;
mod form_type;
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
#[cfg(feature = "skills")]
mod skill;
mod task;
mod tool;
mod ui;

/// Expands a free function.
pub(crate) fn handler(handler: &Handler) -> TokenStream {
    handler::expand(handler).into_token_stream()
}

/// Expands the fallback of a refused handler.
pub(crate) fn fallback(fallback: &Fallback) -> TokenStream {
    handler::fallback(fallback).into_token_stream()
}

/// Expands an `impl` block with handlers.
pub(crate) fn block(block: &Block) -> TokenStream {
    block::expand(block)
}

/// Expands a struct with `#[skill]`.
#[cfg(feature = "skills")]
pub(crate) fn skill(skill: &crate::model::skill::Skill) -> TokenStream {
    skill::expand(skill)
}

/// Expands an item with `#[data]`.
pub(crate) fn data(data: &Data) -> TokenStream {
    data::expand(data)
}

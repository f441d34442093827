//! The attribute macros of `fastmcp`. Use them through the crate `fastmcp`, which documents them.
//!
//! Each macro runs three steps: `parse` turns tokens into syntax, `model` validates the syntax, and
//! `expand` turns the model into tokens. Only `parse` and `model` can report errors, and they report all
//! errors at once. The function itself is emitted even if there are errors, so that one mistake does not
//! cause a second error where the function is used.

mod errors;
mod expand;
#[cfg(test)]
mod golden;
mod model;
#[cfg(test)]
mod option_docs;
mod parse;
mod pipeline;
#[cfg(feature = "skills")]
mod skill_folder;

use proc_macro::TokenStream;

use crate::model::kind::HandlerKind;

/// Turns a function into a tool; see `fastmcp::tool`.
#[proc_macro_attribute]
pub fn tool(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Tool, attribute.into(), item.into()).into()
}

/// Turns a function into a resource; see `fastmcp::resource`.
#[proc_macro_attribute]
pub fn resource(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Resource, attribute.into(), item.into()).into()
}

/// Turns a function into a prompt; see `fastmcp::prompt`.
#[proc_macro_attribute]
pub fn prompt(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Prompt, attribute.into(), item.into()).into()
}

/// Turns a function into a background task; see `fastmcp::task`.
#[proc_macro_attribute]
pub fn task(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Task, attribute.into(), item.into()).into()
}

/// Turns the annotated methods of an `impl` block into handlers; see `fastmcp::tools`.
#[proc_macro_attribute]
pub fn tools(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::tools(attribute.into(), item.into()).into()
}

/// Turns a function into a provider; see `fastmcp::dependency`.
#[proc_macro_attribute]
pub fn dependency(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Provider, attribute.into(), item.into()).into()
}

/// Turns a function into a completion; see `fastmcp::completion`.
#[proc_macro_attribute]
pub fn completion(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Completion, attribute.into(), item.into()).into()
}

/// Turns a function into an event; see `fastmcp::event`.
#[proc_macro_attribute]
pub fn event(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::function(HandlerKind::Event, attribute.into(), item.into()).into()
}

/// Embeds the skills of a folder; see `fastmcp::skill`.
#[cfg(feature = "skills")]
#[proc_macro_attribute]
pub fn skill(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::skill(attribute.into(), item.into()).into()
}

/// Derives the traits of types that are part of requests, results or tasks; see `fastmcp::data`.
#[proc_macro_attribute]
pub fn data(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::data(attribute.into(), item.into()).into()
}

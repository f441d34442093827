//! The attribute macros of `fastmcp`. Use them through that crate, which documents them.
//!
//! Each goes through three steps: tokens are parsed (`parse`), what was parsed is checked and
//! becomes a model (`model`), and the model is expanded (`expand`) into tokens. Only the first two can
//! refuse, and they report all that is wrong at once; the function itself is always emitted, so
//! that one mistake does not become two.

mod errors;
mod expand;
#[cfg(test)]
mod golden;
mod model;
mod parse;

use proc_macro::TokenStream;

/// Makes a tool of a function; see `fastmcp::tool`.
#[proc_macro_attribute]
pub fn tool(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::TOOL).into()
}

/// Makes a resource of a function; see `fastmcp::resource`.
#[proc_macro_attribute]
pub fn resource(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::RESOURCE).into()
}

/// Makes a prompt of a function; see `fastmcp::prompt`.
#[proc_macro_attribute]
pub fn prompt(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::PROMPT).into()
}

/// Makes a background task of a function; see `fastmcp::task`.
#[proc_macro_attribute]
pub fn task(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::TASK).into()
}

/// Makes handlers of the annotated methods of an `impl` block; see `fastmcp::tools`.
#[proc_macro_attribute]
pub fn tools(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::tools::expand(attribute.into(), item.into()).into()
}

/// Makes a provider of a function; see `fastmcp::dependency`.
#[proc_macro_attribute]
pub fn dependency(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::PROVIDER).into()
}

/// Makes a completion of a function; see `fastmcp::completion`.
#[proc_macro_attribute]
pub fn completion(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(attribute.into(), item.into(), &model::COMPLETION).into()
}

/// Derives what data needs that goes through the protocol; see `fastmcp::data`.
#[proc_macro_attribute]
pub fn data(attribute: TokenStream, item: TokenStream) -> TokenStream {
    expand::data::expand(attribute.into(), item.into()).into()
}

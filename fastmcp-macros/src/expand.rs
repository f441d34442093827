//! A checked handler to tokens.
//!
//! Everything that an expansion names is reached through `::fastmcp::__private`, and every item
//! that it makes is spelled `__fastmcp…` inside a `const _` block, so that nothing of the user's
//! can be meant by it or hidden by it. Rustc's own errors about a type should point at that type:
//! tokens that use it carry its span.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::errors::Errors;
use crate::model::signature::is_rustcs_to_refuse;
use crate::model::{Handler, Kind, What};
use crate::parse::cfg;
use crate::parse::function::Function;

mod about;
mod body;
mod completion;
mod component;
pub(crate) mod data;
mod depends;
mod parameters;
mod provider;
mod rules;
mod task;
pub(crate) mod tools;

/// Expands one attribute on one item.
pub(crate) fn attribute(attribute: TokenStream, item: TokenStream, kind: &Kind) -> TokenStream {
    let mut errors = Errors::default();
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            // Spells: the item as it is, and what is wrong with it.
            return quote!(#item #errors);
        }
    };
    if is_rustcs_to_refuse(&function.signature) {
        // Spells: the function alone.
        return function.without_our_attributes().into_token_stream();
    }
    let handler = Handler::new(kind, attribute.clone(), function, &mut errors);
    if !errors.is_empty() {
        if kind.what == What::Task && handler.is_sound {
            let (task, errors) = (task::expand(&handler), errors.into_tokens());
            // Spells: the task all the same, since `docket.add(…)` would else be a second error.
            return quote!(#task #errors);
        }
        let function = handler.function.without_our_attributes();
        let errors = errors.into_tokens();
        // Spells: the function, so that its uses are no errors too, and what is wrong.
        return quote!(#function #errors);
    }
    if let Some(forms) = cfg::split(&handler.function, &handler.root, kind.name, &attribute) {
        return forms;
    }
    match kind.what {
        What::Task => task::expand(&handler),
        What::Provider => provider::expand(&handler),
        What::Completion => completion::expand(&handler),
        What::Tool | What::Resource | What::Prompt => component::expand(&handler, kind.what),
    }
}

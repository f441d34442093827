//! The expansion of a handler of any kind, and of the fallback of a refused one.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::expansion::Expansion;
use super::{completion, event, prompt, provider, resource, task, tool};
use crate::model::handler::Handler;
use crate::model::refused::Fallback;

pub(super) fn expand(handler: &Handler) -> Expansion {
    match handler {
        Handler::Tool(tool) => tool::expand(tool),
        Handler::Resource(resource) => resource::expand(resource),
        Handler::Prompt(prompt) => prompt::expand(prompt),
        Handler::Task(task) => task::expand(task),
        Handler::Provider(provider) => provider::expand(provider),
        Handler::Completion(completion) => completion::expand(completion),
        Handler::Event(event) => event::expand(event),
    }
}

pub(super) fn fallback(fallback: &Fallback) -> Expansion {
    match fallback {
        Fallback::Function(function) => Expansion {
            function: function.without_our_attributes().into_token_stream(),
            items: TokenStream::new(),
        },
        Fallback::Task(task) => task::expand(task),
    }
}

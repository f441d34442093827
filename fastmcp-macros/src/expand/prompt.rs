//! The expansion of prompts.

use proc_macro2::{Ident, Span};
use quote::quote;

use super::component::{self, Reply};
use super::expansion::Expansion;
use super::row::{Refusal, Table};
use super::{body, entry};
use crate::model::prompt::Prompt;

const REFUSALS: &[Refusal] = &[("NOT_MESSAGES", "PromptCanReturn")];

pub(super) fn expand(prompt: &Prompt) -> Expansion {
    let value = Ident::new("returned", Span::mixed_site());
    let signature = &prompt.signature;
    let sink = body::sink(signature, "PromptSink", "PromptOutput", REFUSALS);
    let split = body::split(signature, &value);
    let reply = Reply {
        // Expands to: the row of the value's type in the table of a prompt's return types, and the
        // conversion that the row selects.
        items: quote! {
            const __FASTMCP_OUTPUT_ROW: u8 =
                __fastmcp::prompt_row(__fastmcp::Probe::<__FastmcpValue>::INTO_PROMPT_RESULT);
            #sink
        },
        ty: quote!(::std::vec::Vec<__fastmcp::PromptMessage>),
        // Expands to: `Ok((SINK.convert)(split(returned)))`.
        finish: quote!(::core::result::Result::Ok((__FASTMCP_SINK.convert)(#split))),
    };
    let entry = entry::entry(signature, &prompt.metadata, Vec::new());
    // Expands to: `PromptEntry { entry: … }`.
    let registered = quote!(__fastmcp::PromptEntry { entry: #entry });
    component::expand(signature, Table::Component, &value, &reply, &registered)
}

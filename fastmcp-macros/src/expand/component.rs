//! The expansion of tools, resources and prompts.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::parameters::{self, option};
use super::{about, body};
use crate::model::{Handler, Resource, What};
use crate::parse::uri::Part;

/// The function, unchanged, and the block that registers it.
pub(crate) fn expand(handler: &Handler, what: What) -> TokenStream {
    let function = handler.function.without_our_attributes();
    let registration = registration(handler, what);
    // Spells: the function; the block.
    quote!(#function #registration)
}

/// The block that registers the function.
pub(crate) fn registration(handler: &Handler, what: What) -> TokenStream {
    let root = &handler.root;
    let cfg = handler.function.cfg();
    let parameters = parameters::items(handler, what);
    let returned = body::returned(handler);
    let value = Ident::new("returned", Span::mixed_site());
    let (items, reply, finish) = match what {
        What::Prompt => prompt_output(handler, &value),
        What::Resource => resource_output(handler, &value),
        What::Tool | What::Task | What::Provider | What::Completion => tool_output(handler, &value),
    };
    let call = body::call(handler, &reply, &value, &finish);
    let entry = entry(handler);
    let registered = match (&handler.resource, what) {
        (Some(resource), _) => registered_resource(handler, resource, &entry),
        // Spells: `PromptEntry { entry: … }`.
        (None, What::Prompt) => quote!(__fastmcp::PromptEntry { entry: #entry }),
        (None, _) => {
            let hints = about::hints(&handler.about, "ToolHints");
            let input_schema = about::input_schema(&handler.about);
            // Spells: `ToolEntry { entry: …, … }`.
            quote!(__fastmcp::ToolEntry {
                entry: #entry,
                hints: #hints,
                input_schema: #input_schema,
                output: &__FASTMCP_OUTPUT,
            })
        }
    };
    // Spells: a block of private items that registers the function.
    quote! {
        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::{Fallback as _, OutputFallback as _};

            #parameters
            #returned
            #items
            #call

            __fastmcp::inventory::submit! { #registered }
        };
    }
}

/// Spells: `Entry { name: "…", … }`.
pub(super) fn entry(handler: &Handler) -> TokenStream {
    let Handler {
        name,
        title,
        description,
        function,
        ..
    } = handler;
    let title = option(title.as_ref());
    let description = option(description.as_ref());
    let tags = &handler.about.tags;
    let options = about::options(&handler.about);
    let ident = &function.signature.ident;
    let line = quote_spanned!(ident.span()=> ::core::line!());
    quote! {
        __fastmcp::Entry {
            name: #name,
            title: #title,
            description: #description,
            location: __fastmcp::Location::new(::core::file!(), #line, ::core::module_path!()),
            parameters: &__FASTMCP_PARAMETERS,
            tags: &[#(#tags),*],
            options: #options,
            call: __fastmcp_call,
        }
    }
}

/// Spells: `ResourceEntry { entry: …, uri: "…", parts: &[…], mime_type: … }`.
fn registered_resource(handler: &Handler, resource: &Resource, entry: &TokenStream) -> TokenStream {
    let hints = about::hints(&handler.about, "ResourceHints");
    let uri = &resource.uri;
    let mime_type = option(resource.mime_type.as_ref());
    let parts = resource.parts.iter().map(|part| match part {
        Part::Literal(text) => quote!(__fastmcp::Part::Literal(#text)),
        Part::Segment(name) => quote!(__fastmcp::Part::Segment(#name)),
        Part::Rest(name) => quote!(__fastmcp::Part::Rest(#name)),
        Part::Query(names) => quote!(__fastmcp::Part::Query(&[#(#names),*])),
    });
    quote! {
        __fastmcp::ResourceEntry {
            entry: #entry,
            uri: #uri,
            parts: &[#(#parts),*],
            mime_type: #mime_type,
            hints: #hints,
        }
    }
}

/// The items, the reply's type and the last expression of a tool.
fn tool_output(handler: &Handler, value: &Ident) -> (TokenStream, TokenStream, TokenStream) {
    let sink = body::sink(handler, "Sink", "Output");
    let schema = about::output_schema(&handler.about);
    // Spells: the row of the value type in the table of outputs, and what follows from it.
    let items = quote! {
        const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::output_row(
            __fastmcp::Probe::<__FastmcpValue>::EXPLICIT,
            __fastmcp::Probe::<__FastmcpValue>::ENCODABLE,
            __fastmcp::Probe::<__FastmcpValue>::DESCRIBED,
        );
        #sink
        static __FASTMCP_OUTPUT: __fastmcp::OutputSchema = #schema;
    };
    let split = body::split(handler, value);
    // Spells: `(SINK.convert)(split(returned), &OUTPUT)`.
    (
        items,
        quote!(__fastmcp::ToolResult),
        quote!((__FASTMCP_SINK.convert)(#split, &__FASTMCP_OUTPUT)),
    )
}

/// The items, the reply's type and the last expression of a prompt.
fn prompt_output(handler: &Handler, value: &Ident) -> (TokenStream, TokenStream, TokenStream) {
    let sink = body::sink(handler, "PromptSink", "PromptOutput");
    // Spells: the row of the value type in the table of a prompt's outputs, and what follows.
    let items = quote! {
        const __FASTMCP_OUTPUT_ROW: u8 =
            __fastmcp::prompt_row(__fastmcp::Probe::<__FastmcpValue>::MESSAGES);
        #sink
    };
    let split = body::split(handler, value);
    // Spells: `Ok((SINK.convert)(split(returned)))`.
    (
        items,
        quote!(::std::vec::Vec<__fastmcp::PromptMessage>),
        quote!(::core::result::Result::Ok((__FASTMCP_SINK.convert)(#split))),
    )
}

/// The items, the reply's type and the last expression of a resource.
fn resource_output(handler: &Handler, value: &Ident) -> (TokenStream, TokenStream, TokenStream) {
    let sink = body::sink(handler, "ResourceSink", "ResourceOutput");
    // Spells: the row of the value type in the table of a resource's outputs, and what follows.
    let items = quote! {
        const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::resource_row(
            __fastmcp::Probe::<__FastmcpValue>::CONTENTS,
            __fastmcp::Probe::<__FastmcpValue>::ENCODABLE,
        );
        #sink
    };
    let split = body::split(handler, value);
    // Spells: `(SINK.convert)(split(returned))`.
    (
        items,
        quote!(__fastmcp::ResourceResult),
        quote!((__FASTMCP_SINK.convert)(#split)),
    )
}

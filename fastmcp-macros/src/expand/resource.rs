//! The expansion of resources.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::component::{self, Reply};
use super::expansion::Expansion;
use super::literal::option;
use super::row::{Refusal, Table};
use super::{body, entry, metadata};
use crate::model::resource::Resource;
use crate::parse::uri::Part;

const REFUSALS: &[Refusal] = &[("NOT_CONTENTS", "ResourceCanReturn")];
const UI_REFUSALS: &[Refusal] = &[("NOT_HTML", "UiResourceCanReturn")];

pub(super) fn expand(resource: &Resource) -> Expansion {
    let value = Ident::new("returned", Span::mixed_site());
    let signature = &resource.signature;
    let (row, refusals) = match &resource.ui {
        Some(_) => (quote!(ui_resource_row), UI_REFUSALS),
        None => (quote!(resource_row), REFUSALS),
    };
    let sink = body::sink(signature, "ResourceSink", "ResourceOutput", refusals);
    let split = body::split(signature, &value);
    let reply = Reply {
        // Expands to: the row of the value's type in the table of a resource's return types, and the
        // conversion that the row selects.
        items: quote! {
            const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::#row(
                __fastmcp::Probe::<__FastmcpValue>::INTO_RESOURCE_RESULT,
                __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
            );
            #sink
        },
        ty: quote!(__fastmcp::ResourceResult),
        // Expands to: `(SINK.convert)(split(returned))`.
        finish: quote!((__FASTMCP_SINK.convert)(#split)),
    };
    let table = Table::Resource(&resource.parts);
    let registered = registered(resource);
    component::expand(signature, table, &value, &reply, &registered)
}

/// Expands to: `ResourceEntry { entry: …, uri: "…", parts: &[…], mime_type: … }`.
fn registered(resource: &Resource) -> TokenStream {
    let own = metadata::resource_options(resource);
    let entry = entry::entry(&resource.signature, &resource.metadata, own);
    let hints = metadata::hints(&resource.annotations, &quote!(ResourceHints));
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

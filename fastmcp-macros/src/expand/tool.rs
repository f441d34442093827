//! The expansion of tools.

use proc_macro2::{Ident, Span};
use quote::quote;

use super::component::{self, Reply};
use super::expansion::Expansion;
use super::row::{Refusal, Table};
use super::{body, entry, metadata};
use crate::model::tool::Tool;

const REFUSALS: &[Refusal] = &[("OUTPUT_NOT_ENCODABLE", "ToolCanReturn")];

pub(super) fn expand(tool: &Tool) -> Expansion {
    let value = Ident::new("returned", Span::mixed_site());
    let entry = entry::entry(
        &tool.signature,
        &tool.metadata,
        metadata::tool_options(tool),
    );
    let hints = metadata::hints(&tool.annotations, &quote!(ToolHints));
    let input_schema = metadata::input_schema(tool);
    // Expands to: `ToolEntry { entry: …, … }`.
    let registered = quote! {
        __fastmcp::ToolEntry {
            entry: #entry,
            hints: #hints,
            input_schema: #input_schema,
            output: &__FASTMCP_OUTPUT,
        }
    };
    let reply = reply(tool, &value);
    component::expand(
        &tool.signature,
        Table::Component,
        &value,
        &reply,
        &registered,
    )
}

fn reply(tool: &Tool, value: &Ident) -> Reply {
    let sink = body::sink(&tool.signature, "Sink", "Output", REFUSALS);
    let schema = metadata::output_schema(tool);
    let split = body::split(&tool.signature, value);
    Reply {
        // Expands to: the row of the value's type in the table of return types, the conversion that the
        // row selects, and the schema of the output.
        items: quote! {
            const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::output_row(
                __fastmcp::Probe::<__FastmcpValue>::INTO_TOOL_RESULT,
                __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
                __fastmcp::Probe::<__FastmcpValue>::JSON_SCHEMA,
            );
            #sink
            static __FASTMCP_OUTPUT: __fastmcp::OutputSchema = #schema;
        },
        ty: quote!(__fastmcp::ToolResult),
        // Expands to: `(SINK.convert)(split(returned), &OUTPUT)`.
        finish: quote!((__FASTMCP_SINK.convert)(#split, &__FASTMCP_OUTPUT)),
    }
}

//! The expansion of a parameter's row: the number under which `fastmcp` has the parameter in one of
//! its tables, computed by rustc from what the type implements.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::model::parameter::{Parameter, Source};
use crate::parse::uri::Part;

/// The table that decides what the types of a handler's parameters may be.
#[derive(Clone, Copy)]
pub(super) enum Table<'h> {
    /// That of tools, prompts and completions.
    Component,
    /// That of a resource with these parts of a URI.
    Resource(&'h [Part]),
    Task,
    Provider {
        shared: bool,
    },
}

impl Table<'_> {
    /// Expands to: the trait of the table.
    pub(super) fn of_trait(self, span: Span) -> TokenStream {
        match self {
            Self::Component | Self::Resource(_) => {
                quote_spanned!(span=> __fastmcp::Parameter)
            }
            Self::Task => quote_spanned!(span=> __fastmcp::TaskParameter),
            Self::Provider { .. } => quote_spanned!(span=> __fastmcp::ProviderParameter),
        }
    }

    /// Returns whether the handler is a provider whose value lives as long as the server.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Self::Provider { shared: true })
    }

    /// Expands to: the row of a parameter whose type is called `ty`.
    pub(super) fn row(self, ty: &Ident, parameter: &Parameter) -> TokenStream {
        // Expands to: `Probe::<Type>::ANSWER`.
        let probe = |answer: &str| {
            let answer = Ident::new(answer, Span::call_site());
            quote!(__fastmcp::Probe::<#ty>::#answer)
        };
        let (injected, decodable) = (probe("INJECTED"), probe("DECODABLE"));
        if matches!(parameter.source, Source::Receiver) {
            return quote!(__fastmcp::receiver_row(#injected));
        }
        let described = probe("DESCRIBED");
        let row = quote!(__fastmcp::row(#injected, #decodable, #described));
        match self {
            Self::Component => row,
            Self::Resource(parts) => {
                let mut variables = parts.iter().flat_map(Part::variables);
                let is_named = variables.any(|variable| *variable == parameter.name);
                let has_default = parameter.argument().is_some_and(|it| it.default.is_some());
                quote!(__fastmcp::uri_row(#row, #is_named || #has_default))
            }
            Self::Task => {
                let (scoped, encodable) = (probe("REQUEST_SCOPED"), probe("ENCODABLE"));
                quote!(__fastmcp::task_row(#injected, #scoped, #encodable, #decodable))
            }
            Self::Provider { shared } => {
                let probe = |answer: &str| {
                    let answer = Ident::new(answer, Span::call_site());
                    quote!(__fastmcp::PerCallProbe::<#ty>::#answer)
                };
                let (scope, of_request) = (probe("SCOPE"), probe("OF_REQUEST"));
                let of_execution = probe("OF_EXECUTION");
                quote! {
                    __fastmcp::parameter_row(
                        #scope,
                        #injected,
                        #of_request || #of_execution,
                        #shared
                    )
                }
            }
        }
    }
}

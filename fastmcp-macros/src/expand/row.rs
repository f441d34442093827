//! The expansion of a parameter's row in the table `fastmcp::call::classify`. rustc computes it from the
//! traits that the type implements.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::parameter::{Parameter, Source};
use crate::model::passing::Passing;
use crate::parse::uri::Part;

/// The part of the table that applies to the parameters of a handler.
#[derive(Clone, Copy)]
pub(super) enum Table<'h> {
    /// The part for tools, prompts and completions.
    Component,
    /// The part for a resource whose URI has these parts.
    Resource(&'h [Part]),
    Task,
    Provider {
        shared: bool,
    },
}

impl Table<'_> {
    /// Returns whether the handler is a shared provider.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Self::Provider { shared: true })
    }

    /// Returns the rows of this part that are refused for a parameter.
    pub(super) fn refusals(self, parameter: &Parameter) -> Vec<Refusal> {
        if matches!(parameter.source, Source::Receiver) {
            return RECEIVER.to_vec();
        }
        if matches!(parameter.source, Source::Payload) {
            return PAYLOAD.to_vec();
        }
        if matches!(parameter.source, Source::CallArgument(_)) {
            return [COMPONENT, CALL_ARGUMENT].concat();
        }
        match self {
            Self::Component => COMPONENT.to_vec(),
            Self::Resource(_) => [COMPONENT, URI].concat(),
            Self::Task => TASK.to_vec(),
            Self::Provider { .. } => PROVIDER.to_vec(),
        }
    }

    /// Expands to: the row of a parameter whose type has the alias `ty`.
    pub(super) fn row(self, ty: &Ident, parameter: &Parameter) -> TokenStream {
        if matches!(parameter.source, Source::Receiver) {
            let traits = traits(ty, &["dependency"]);
            return quote!(#traits.in_receiver());
        }
        if matches!(parameter.source, Source::CallArgument(_)) {
            let fields = [
                "dependency",
                "deserialize",
                "json_schema",
                "scope",
                "clone",
                "shareable",
            ];
            let traits = traits(ty, &fields);
            let by_value = parameter.passing == Passing::Value;
            return quote!(#traits.in_argument(#by_value));
        }
        match self {
            Self::Component => {
                let traits = traits(ty, &["dependency", "deserialize", "json_schema", "scope"]);
                quote!(#traits.in_call())
            }
            Self::Resource(parts) => {
                let traits = traits(ty, &["dependency", "deserialize", "json_schema", "scope"]);
                let mut variables = parts.iter().flat_map(Part::variables);
                let is_named = variables.any(|variable| *variable == parameter.name);
                let has_default = parameter.argument().is_some_and(|it| it.default.is_some());
                let has_value = is_named || has_default;
                quote!(#traits.in_resource(#has_value))
            }
            Self::Task => {
                let fields = [
                    "dependency",
                    "request_scoped",
                    "serialize",
                    "deserialize",
                    "scope",
                ];
                let traits = traits(ty, &fields);
                quote!(#traits.in_task())
            }
            Self::Provider { shared } => {
                let fields = ["dependency", "request_scoped", "execution_scoped", "scope"];
                let traits = traits(ty, &fields);
                quote!(#traits.in_provider(#shared))
            }
        }
    }
}

/// A refused row, and the trait that checks it.
pub(super) type Refusal = (&'static str, &'static str);

const PAYLOAD: &[Refusal] = &[
    ("INJECTED", "IsPayload"),
    ("NO_SCHEMA", "IsPayload"),
    ("NOT_DECODABLE", "IsPayload"),
    ("NEITHER", "IsPayload"),
    ("SCOPE_ELSEWHERE", "BelongsToAProvider"),
];
const RECEIVER: &[Refusal] = &[("NOT_SHAREABLE", "IsShareable")];
const COMPONENT: &[Refusal] = &[
    ("NO_SCHEMA", "HasSchema"),
    ("NOT_DECODABLE", "IsDecodable"),
    ("NEITHER", "IsArgumentOrDependency"),
    ("SCOPE_ELSEWHERE", "BelongsToAProvider"),
];
const CALL_ARGUMENT: &[Refusal] = &[
    ("INJECTED_ARGUMENT", "IsNoDependency"),
    ("NOT_SHAREABLE", "CanBeTakenByProviders"),
    ("NOT_CLONE", "ArgumentIsClone"),
];
const URI: &[Refusal] = &[
    ("INJECTED_IN_URI", "IsSentByClients"),
    ("NOT_IN_URI", "IsInUri"),
];
const TASK: &[Refusal] = &[
    ("REQUEST_SCOPED", "OutlivesTheRequest"),
    ("NOT_ENCODABLE", "IsEncodable"),
    ("NOT_READABLE", "IsReadable"),
    ("NEITHER_IN_TASK", "IsTaskArgumentOrDependency"),
    ("SCOPE_ELSEWHERE", "BelongsToAProvider"),
];
const PROVIDER: &[Refusal] = &[
    ("NOT_INJECTED", "IsDependency"),
    ("SHORT_LIVED", "LivesAsLongAsTheServer"),
];

/// Expands to: `Traits { dependency: Probe::<Type>::DEPENDENCY, …, ..Traits::NONE }`. It contains only the
/// fields that the row depends on, because each probe costs compile time.
fn traits(ty: &Ident, fields: &[&str]) -> TokenStream {
    let probes = fields.iter().map(|field| {
        let probe = Ident::new(&field.to_uppercase(), Span::call_site());
        let field = Ident::new(field, Span::call_site());
        quote!(#field: __fastmcp::Probe::<#ty>::#probe)
    });
    quote!(__fastmcp::Traits { #(#probes,)* ..__fastmcp::Traits::NONE })
}

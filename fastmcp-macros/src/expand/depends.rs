//! The expansion of parameters with `#[depends(f)]`.
//!
//! A provider is a function and a type of the same name, and `use f as __FastmcpProvider` imports both.
//! A plain function has no such type, so `__FastmcpProvider` then refers to the `NotAProvider` of the
//! outer scope. The row of `NotAProvider` reports the error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::call_argument;
use super::check::{self, Check};
use super::names::{Names, unspanned};
use super::row::Table;
use crate::model::parameter::{Parameter, Source};
use crate::model::passing::Passing;
use crate::model::signature::Signature;
use crate::parse::tokens::span_ends;

/// Expands to: the imports that all parameters with `#[depends(…)]` share, or nothing if there are none.
pub(super) fn imports(signature: &Signature) -> TokenStream {
    let is_provided = |parameter: &Parameter| matches!(parameter.source, Source::Provider(_));
    if !signature.parameters.iter().any(is_provided) {
        return TokenStream::new();
    }
    quote! {
        #[allow(unused_imports)]
        use __fastmcp::NotAProvider as __FastmcpProvider;
    }
}

/// Expands to: the type, the row and the source of one parameter.
pub(super) fn parameter_item(
    signature: &Signature,
    table: Table<'_>,
    names: &Names,
    parameter: &Parameter,
    provider: &Path,
) -> TokenStream {
    let Names {
        ty, row, source, ..
    } = names;
    let is_shared = table.is_shared();
    let is_task = matches!(table, Table::Task);
    let agreement = call_argument::agreement(signature, parameter, is_task);
    let declared = &parameter.ty;
    let by_value = parameter.passing == Passing::Value;
    let filled = match parameter.passing {
        Passing::Value => quote!(#ty),
        // Expands to: `ProviderRef<Pool>`.
        Passing::Reference => quote!(__fastmcp::ProviderRef<#ty>),
    };
    // Type parameters with the names of the parameter and of the function, for rustc's messages.
    let named = &parameter.ident;
    let function = provider.segments.last().map_or(named, |last| &last.ident);
    let both = if function == named {
        vec![named]
    } else {
        vec![function, named]
    };
    let parameter_name = unspanned(named);
    let path_checks = [
        ("NOT_A_PROVIDER", "HasAttribute"),
        ("SHORT_LIVED_PROVIDER", "IsShared"),
    ];
    let path_checks = path_checks.map(|(refused, of_trait)| {
        let refused = Ident::new(refused, Span::call_site());
        let check = Check {
            name: function,
            of_trait,
            types: quote!(#parameter_name,),
            condition: quote!(PATH_ROW != __fastmcp::row::#refused),
            ends: span_ends(provider),
        };
        check.statement()
    });
    let path_check = check::item(&both, &quote!(#(#path_checks)*));
    let type_checks = [
        (
            "OTHER_TYPE",
            "HasTheProvidedType",
            quote!(#ty, __FastmcpProvider, Value,),
        ),
        ("NOT_CLONE", "IsClone", quote!(#ty, __FastmcpProvider,)),
    ];
    let type_checks = type_checks.map(|(refused, of_trait, types)| {
        let refused = Ident::new(refused, Span::call_site());
        let check = Check {
            name: named,
            of_trait,
            types,
            condition: quote!(ROW != __fastmcp::row::#refused),
            ends: span_ends(declared),
        };
        check.statement()
    });
    let type_check = check::item(&[named], &quote!(#(#type_checks)*));

    let (path_first, _) = span_ends(provider);
    // Expands to: `use database as __FastmcpProvider;`, with the location of the path, so that rustc
    // reports an unresolved import there.
    let located = Span::call_site().located_at(path_first);
    let import = quote_spanned!(located=> use #provider as __FastmcpProvider;);
    let (first, last) = span_ends(declared);
    let (self_type, selected) = (
        Ident::new(&ty.to_string(), first),
        Ident::new("SOURCE", last),
    );
    // Expands to: `<Pool as Depends<ROW, Provider, Value, Pool>>::SOURCE`, with the span of the type.
    let selected = quote_spanned! {first=>
        <#self_type as __fastmcp::Depends<ROW, __FastmcpProvider, Value, #filled>>::#selected
    };
    // Expands to: an alias of the type, which no name of the user can shadow; the row of an injected
    // parameter; the source, with one check of the path and one of the type.
    quote! {
        type #ty = #declared;
        #[allow(dead_code)]
        const #row: u8 = __fastmcp::row::INJECTED;
        const #source: __fastmcp::Source<#filled> = {
            #[allow(unused_imports)]
            #import
            type Probe = __fastmcp::Probe<__FastmcpProvider>;
            type Value = <__FastmcpProvider as __fastmcp::ValueOf<{ Probe::PROVIDER }>>::Value;
            const USE: __fastmcp::ProviderUse = __fastmcp::ProviderUse {
                is_provider: Probe::PROVIDER,
                is_shared: Probe::SHARED_PROVIDER,
                in_shared: #is_shared,
                same_type: __fastmcp::Probe::<(Value, #ty)>::SAME,
                by_value: #by_value,
                is_clone: __fastmcp::Probe::<#ty>::CLONE,
            };
            const PATH_ROW: u8 = USE.path_row();
            const ROW: u8 = USE.type_row();
            #path_check
            #type_check
            #agreement
            #selected
        };
    }
}

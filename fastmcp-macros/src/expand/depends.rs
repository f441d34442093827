//! What an expansion says of a parameter that `#[depends(f)]` fills.
//!
//! A provider is a function and a type of one name. `use f as __FastmcpProvider` brings in both, of
//! a plain function only the function: the name then still means the type of that name further
//! out, `NotAProvider`, and the type's table has an error for it that a missing type has not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::parameters::Names;
use crate::model::parameter::span_ends;
use crate::model::{Handler, Parameter, Passing};

/// What all such parameters of a handler share; nothing, if there are none.
pub(crate) fn prelude(handler: &Handler) -> TokenStream {
    if handler.parameters.iter().all(|it| it.depends.is_none()) {
        return TokenStream::new();
    }
    // Spells: the outer meaning of `__FastmcpProvider`, and the probes' fallbacks.
    quote! {
        #[allow(unused_imports)]
        use __fastmcp::{
            NotAProvider as __FastmcpProvider, ProviderFallback as _, SameFallback as _,
        };
    }
}

/// The type, the row and the source of one parameter.
pub(crate) fn item(
    handler: &Handler,
    names: &Names,
    parameter: &Parameter,
    provider: &Path,
) -> TokenStream {
    let Names {
        ty, row, source, ..
    } = names;
    let declared = &parameter.ty;
    let by_value = parameter.passing == Passing::Value;
    let of_shared = handler.shared;
    let filled = match parameter.passing {
        Passing::Value | Passing::Receiver => quote!(#ty),
        // Spells: `Lent<Pool>`.
        Passing::Reference => quote!(__fastmcp::Lent<#ty>),
    };
    // Type parameters that are spelled like the parameter and the function, for rustc's messages.
    let unspanned = |ident: &Ident| {
        let mut ident = ident.clone();
        ident.set_span(Span::call_site());
        ident
    };
    let named = unspanned(&parameter.ident);
    let function = provider.segments.last().map(|last| unspanned(&last.ident));
    let function = function.unwrap_or_else(|| named.clone());
    let both = if function == named {
        quote!(#named)
    } else {
        quote!(#function, #named)
    };
    let voids = if function == named {
        quote!(())
    } else {
        quote!((), ())
    };

    let (path_first, path_last) = span_ends(provider);
    let named_provider = Ident::new("__FastmcpProvider", path_first);
    let check = Ident::new("CHECK", path_last);
    // Spells: `<Provider as IsProvider<ROW, database, pool>>::CHECK`, spanned like the path.
    let checked = quote_spanned! {path_first=>
        <#named_provider as __fastmcp::IsProvider<PROVIDER_ROW, #function, #named>>::#check
    };
    // Spells: `use database as __FastmcpProvider;`, located at the path, where a misspelt one is told.
    let located = Span::call_site().located_at(path_first);
    let import = quote_spanned!(located=> use #provider as __FastmcpProvider;);
    let (first, last) = span_ends(declared);
    let (self_type, selected) = (
        Ident::new(&ty.to_string(), first),
        Ident::new("SOURCE", last),
    );
    // Spells: `<Pool as Depends<ROW, Provider, Value, Pool, pool>>::SOURCE`, spanned like the type.
    let selected = quote_spanned! {first=>
        <#self_type as __fastmcp::Depends<ROW, __FastmcpProvider, Value, #filled, #named>>::#selected
    };
    // Spells: the type by a name that nothing hides; its row among all parameters, which is that of
    // what is injected; its source, with one check for the path and one for the type.
    quote! {
        type #ty = #declared;
        #[allow(dead_code)]
        const #row: u8 = 0;
        const #source: __fastmcp::Source<#filled> = {
            #[allow(unused_imports)]
            #import
            type Probe = __fastmcp::ProviderProbe<__FastmcpProvider>;
            type Value = <__FastmcpProvider as __fastmcp::ValueOf<{ Probe::PROVIDER }>>::Value;
            const PROVIDER_ROW: u8 =
                __fastmcp::is_provider_row(Probe::PROVIDER, Probe::SHARED, #of_shared);
            const ROW: u8 = __fastmcp::depends_row(
                Probe::PROVIDER,
                __fastmcp::SameProbe::<Value, #ty>::SAME,
                #by_value,
                __fastmcp::ProviderProbe::<#ty>::CLONES,
            );
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn check<#both>() {
                #checked
            }
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn source<#named>() -> __fastmcp::Source<#filled> {
                #selected
            }
            check::<#voids>();
            source::<()>()
        };
    }
}

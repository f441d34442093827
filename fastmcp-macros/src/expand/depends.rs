//! The expansion of parameters with `#[depends(f)]`.
//!
//! A provider is a function and a type of the same name, and `use f as __FastmcpProvider` imports both.
//! A plain function has no such type, so `__FastmcpProvider` then refers to the `NotAProvider` of the
//! outer scope. The row of `NotAProvider` reports the error.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::names::{Names, unspanned};
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
    is_shared: bool,
    names: &Names,
    parameter: &Parameter,
    provider: &Path,
) -> TokenStream {
    let Names {
        ty, row, source, ..
    } = names;
    let declared = &parameter.ty;
    let by_value = parameter.passing == Passing::Value;
    let filled = match parameter.passing {
        Passing::Value => quote!(#ty),
        // Expands to: `ProviderRef<Pool>`.
        Passing::Reference => quote!(__fastmcp::ProviderRef<#ty>),
    };
    // Type parameters with the names of the parameter and of the function, for rustc's messages.
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
    // Expands to: `<Provider as IsProvider<PATH_ROW, database, pool>>::CHECK`, with the span of the path.
    let checked = quote_spanned! {path_first=>
        <#named_provider as __fastmcp::IsProvider<PATH_ROW, #function, #named>>::#check
    };
    // Expands to: `use database as __FastmcpProvider;`, with the location of the path, so that rustc
    // reports an unresolved import there.
    let located = Span::call_site().located_at(path_first);
    let import = quote_spanned!(located=> use #provider as __FastmcpProvider;);
    let (first, last) = span_ends(declared);
    let (self_type, selected) = (
        Ident::new(&ty.to_string(), first),
        Ident::new("SOURCE", last),
    );
    // Expands to: `<Pool as Depends<ROW, Provider, Value, Pool, pool>>::SOURCE`, with the span of the type.
    let selected = quote_spanned! {first=>
        <#self_type as __fastmcp::Depends<ROW, __FastmcpProvider, Value, #filled, #named>>::#selected
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

//! The expansion of providers.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::call_argument;
use super::check::{self, Check};
use super::expansion::Expansion;
use super::names::Names;
use super::row::Table;
use super::{body, parameters};
use crate::model::provider::Provider;
use crate::model::signature::Signature;
use crate::parse::tokens::span_ends;

/// Expands to: the function, the type of the same name, and the block that implements `Provider`
/// for it.
pub(super) fn expand(provider: &Provider) -> Expansion {
    let Provider { signature, shared } = provider;
    let function = signature.function.without_our_attributes();
    let root = &signature.root;
    let visibility = &signature.function.visibility;
    let ident = signature.ident();
    let cfg: Vec<_> = signature.function.cfg().collect();
    let parameters = parameters::parameter_items(signature, Table::Provider { shared: *shared });
    let returned = body::returned(signature);
    let given = given(signature);
    let finished = finished(signature);
    let make = make(signature);
    let arguments = call_argument::implementations(signature);
    let argument_names = call_argument::names_item(signature);
    let name = &signature.name;
    let line = quote_spanned!(ident.span()=> ::core::line!());
    // Expands to: `enum database {}`; the block.
    let items = quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
        #visibility enum #ident {}

        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::Fallback as _;

            #parameters
            #returned
            #given
            #make

            #arguments
            impl __fastmcp::Provider for #ident {
                type Value = #finished::Value;
                #argument_names
                const ENTRY: &'static __fastmcp::ProviderEntry = &__fastmcp::ProviderEntry {
                    name: #name,
                    location: __fastmcp::Location::new(
                        ::core::file!(),
                        #line,
                        ::core::module_path!(),
                    ),
                    shared: #shared,
                    needs: |needs| __fastmcp::provider_needs(&__FASTMCP_PARAMETERS, needs),
                };
                fn make(
                    injector: __fastmcp::Injector,
                ) -> __fastmcp::BoxFuture<'static, __fastmcp::ProviderResult> {
                    __fastmcp_make(injector)
                }
            }
        };
    };
    Expansion {
        function: function.into_token_stream(),
        items,
    }
}

/// Returns the first and last span of the return type, or of the function's name if the type is omitted.
fn output_ends(signature: &Signature) -> (Span, Span) {
    match &signature.function.signature.output {
        syn::ReturnType::Default => span_ends(signature.ident()),
        syn::ReturnType::Type(_, output) => span_ends(output),
    }
}

/// Expands to: `type __FastmcpGiven`, which describes how the function passes its value on (by returning
/// it, or through a `Scope`), and the checks of this type.
fn given(signature: &Signature) -> TokenStream {
    let (first, last) = output_ends(signature);
    let value = Ident::new("__FastmcpValue", first);
    // Expands to: `<Type0 as Provides<{ is_scope(ROW_0) }, <Type1 as …>::Given>>::Given`.
    let given = Names::all(signature).into_iter().rev().fold(
        quote!(__fastmcp::Returned<#value>),
        |next, names| {
            let Names { ty, row, .. } = names;
            let ty = Ident::new(&ty.to_string(), first);
            quote_spanned! {first=>
                <#ty as __fastmcp::Provides<{ __fastmcp::is_scope(#row) }, #next>>::Given
            }
        },
    );
    let check = |of_trait, types, condition| {
        let check = Check {
            name: signature.ident(),
            of_trait,
            types,
            condition,
            ends: (first, last),
        };
        check.statement()
    };
    let shareable = check(
        "CanBeProvided",
        quote!(__FastmcpValue,),
        quote!(__FASTMCP_SHAREABLE),
    );
    let once = check(
        "ProvidesOnce",
        TokenStream::new(),
        quote!(__fastmcp::Probe::<__FastmcpGiven>::PROVIDES_ONCE),
    );
    let checks = check::item(&[signature.ident()], &quote!(#shareable #once));
    // Expands to: the type; `const SHAREABLE: bool`; the checks.
    quote! {
        type __FastmcpGiven = #given;
        const __FASTMCP_SHAREABLE: bool = __fastmcp::Probe::<__FastmcpValue>::SHAREABLE;
        #[allow(unused_imports)]
        use __fastmcp::ProvidesFallback as _;
        #checks
    }
}

/// Expands to: `<__FastmcpGiven as Finished<SHAREABLE>>`, with the span of the return type, because rustc
/// reports an error in an alias at the use of the alias.
fn finished(signature: &Signature) -> TokenStream {
    let (first, last) = output_ends(signature);
    let given = Ident::new("__FastmcpGiven", first);
    let close = quote_spanned!(last=> >);
    quote_spanned!(first=> <#given as __fastmcp::Finished<__FASTMCP_SHAREABLE> #close)
}

/// Expands to: `fn __fastmcp_make(injector)`, which resolves the parameters and runs the body.
fn make(signature: &Signature) -> TokenStream {
    let names = Names::all(signature);
    let locals: Vec<&Ident> = names.iter().map(|names| &names.local).collect();
    let sources: Vec<&Ident> = names.iter().map(|names| &names.source).collect();
    let index: Vec<usize> = (0..names.len()).collect();
    let called = body::called(signature, &locals);
    let [injector, returned, value, error] =
        ["injector", "returned", "value", "error"].map(|name| Ident::new(name, Span::mixed_site()));
    let into_error = body::on_type(
        signature,
        "__FastmcpError",
        quote!(HandlerError<__FASTMCP_REPORTABLE>),
        "into_error",
    );
    let finished = finished(signature);
    // Expands to: `resolve_in_provider(&injector, &mut [pending(&mut parameter_0), …]).await…;`.
    let resolve = (!locals.is_empty()).then(|| {
        let pending = body::pending(&locals);
        quote! {
            __fastmcp::resolve_in_provider(&#injector, &mut [#pending])
                .await
                .map_err(__fastmcp::provider_error)?;
        }
    });
    // Expands to: the parameters in order, then the body. `finish` stores a returned value in the slot.
    quote! {
        fn __fastmcp_make(
            #injector: __fastmcp::Injector,
        ) -> __fastmcp::BoxFuture<'static, __fastmcp::ProviderResult> {
            __fastmcp::Boxing::<__FASTMCP_ACCEPTED>::call(async move {
                #(
                    let mut #locals =
                        __fastmcp::Pending::new(&#sources, &__FASTMCP_PARAMETERS[#index]);
                )*
                #resolve
                #(let #locals = #locals.take()?;)*
                let #returned = #called;
                let #value =
                    <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::split(#returned)
                        .map_err(|#error| #into_error(#error))?;
                #finished::finish(
                    #value,
                    &#injector,
                );
                ::core::result::Result::Ok(())
            })
        }
    }
}

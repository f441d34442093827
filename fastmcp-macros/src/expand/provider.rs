//! The expansion of providers.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::body;
use super::parameters::{self, Names};
use crate::model::parameter::span_ends;
use crate::model::{Handler, What};

/// The function, unchanged; the type of the same name, and the block that makes it a provider.
pub(crate) fn expand(handler: &Handler) -> TokenStream {
    let function = handler.function.without_our_attributes();
    let root = &handler.root;
    let visibility = &handler.function.visibility;
    let ident = &handler.function.signature.ident;
    let cfg = handler
        .function
        .attributes
        .iter()
        .filter(|it| it.path().is_ident("cfg"));
    let parameters = parameters::items(handler, What::Provider);
    let returned = body::returned(handler);
    let given = given(handler);
    let finished = finished(handler);
    let make = make(handler);
    let (name, shared) = (&handler.name, handler.shared);
    let line = quote_spanned!(ident.span()=> ::core::line!());
    // Spells: the function; `enum database {}`; a block that implements `Provider` for it.
    quote! {
        #function

        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
        #visibility enum #ident {}

        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::{Fallback as _, PerCallFallback as _};

            #parameters
            #returned
            #given
            #make

            impl __fastmcp::Provider for #ident {
                type Value = #finished::Value;
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
                ) -> __fastmcp::BoxFuture<'static, __fastmcp::Ran> {
                    __fastmcp_make(injector)
                }
            }
        };
    }
}

/// The spans of the return type; of the function's name, where none is written.
fn output_ends(handler: &Handler) -> (Span, Span) {
    let signature = &handler.function.signature;
    match &signature.output {
        syn::ReturnType::Default => span_ends(&signature.ident),
        syn::ReturnType::Type(_, output) => span_ends(output),
    }
}

/// `type __FastmcpGiven`: how the value is given, and of which type it is.
fn given(handler: &Handler) -> TokenStream {
    let (first, last) = output_ends(handler);
    let value = Ident::new("__FastmcpValue", first);
    let check = Ident::new("CHECK", last);
    let mut named = handler.function.signature.ident.clone();
    named.set_span(Span::call_site());
    let count = handler.parameters.len();
    // Spells: `<Type0 as Provides<ROW_0, <Type1 as Provides<ROW_1, Returned<Value>>>::Given>>::Given`.
    let given = (0..count).rev().map(Names::new).fold(
        quote!(__fastmcp::Returned<#value>),
        |next, names| {
            let Names { ty, row, .. } = names;
            let ty = Ident::new(&ty.to_string(), first);
            quote_spanned!(first=> <#ty as __fastmcp::Provides<#row, #next>>::Given)
        },
    );
    // Spells: the type; `const _: () = <Value as CanBeProvided<database>>::CHECK`.
    let checked = quote_spanned!(first=> <#value as __fastmcp::CanBeProvided<#named>>::#check);
    let given_type = Ident::new("__FastmcpGiven", first);
    // Spells: `<Given as GivenOnce<database>>::CHECK`.
    let once = quote_spanned!(first=> <#given_type as __fastmcp::GivenOnce<#named>>::#check);
    quote! {
        type __FastmcpGiven = #given;
        const __FASTMCP_SHARABLE: bool = __fastmcp::PerCallProbe::<__FastmcpValue>::SHARABLE;
        const _: () = {
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn check<#named>() {
                #checked;
                #once
            }
            check::<()>()
        };
    }
}

/// Spells: `<__FastmcpGiven as Finished<SHARABLE>>`, spanned like the return type: rustc looks into
/// an alias where it is used.
fn finished(handler: &Handler) -> TokenStream {
    let (first, last) = output_ends(handler);
    let given = Ident::new("__FastmcpGiven", first);
    let close = quote_spanned!(last=> >);
    quote_spanned!(first=> <#given as __fastmcp::Finished<__FASTMCP_SHARABLE> #close)
}

/// `fn __fastmcp_make(injector)`: looks the parameters up and runs the body.
fn make(handler: &Handler) -> TokenStream {
    let count = handler.parameters.len();
    let names: Vec<Names> = (0..count).map(Names::new).collect();
    let locals: Vec<&Ident> = names.iter().map(|names| &names.local).collect();
    let sources: Vec<&Ident> = names.iter().map(|names| &names.source).collect();
    let index: Vec<usize> = (0..count).collect();
    let called = body::called(handler, &locals);
    let [injector, returned, value, error] =
        ["injector", "returned", "value", "error"].map(|name| Ident::new(name, Span::mixed_site()));
    let into_error = body::on_type(
        handler,
        "__FastmcpError",
        quote!(HandlerError),
        "into_error",
    );
    let finished = finished(handler);
    // Spells: the parameters in order, then the body; what it returned goes where it belongs.
    quote! {
        fn __fastmcp_make(
            #injector: __fastmcp::Injector,
        ) -> __fastmcp::BoxFuture<'static, __fastmcp::Ran> {
            __fastmcp::Boxing::<__FASTMCP_SOUND>::call(async move {
                #(
                    let #locals = __fastmcp::fill_provider(
                        &#injector,
                        &#sources,
                        &__FASTMCP_PARAMETERS[#index],
                    )
                    .await?;
                )*
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

//! The expansion of a provider's parameters with `#[argument]`, and of the checks that all declarations of an
//! argument agree.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::check::{self, Check};
use super::names::{Names, unspanned};
use crate::model::parameter::{Parameter, Source};
use crate::model::passing::Passing;
use crate::model::signature::Signature;
use crate::parse::tokens::span_ends;

/// Expands to: the static that registers the argument, with `entry` and the source `argument_source`, and the
/// source of the parameter, which takes the value from the call.
pub(super) fn items(
    signature: &Signature,
    names: &Names,
    parameter: &Parameter,
    entry: &TokenStream,
) -> TokenStream {
    let Names {
        ty,
        row,
        source,
        argument_source,
        static_argument,
        ..
    } = names;
    let filled = filled(names, parameter);
    let provider = &signature.name;
    let line = quote_spanned!(signature.ident().span()=> ::core::line!());
    let taken = quote!(<#ty as __fastmcp::TakenFromCall<#row, #filled>>);
    // Expands to: `static ARGUMENT: CallArgument = …;` and
    // `const SOURCE: Source<u64> = Source::taken_from_call(…);`.
    quote! {
        static #static_argument: __fastmcp::CallArgument = __fastmcp::CallArgument {
            entry: #entry,
            provider: #provider,
            location: __fastmcp::Location::new(
                ::core::file!(),
                #line,
                ::core::module_path!(),
            ),
            type_id: ::core::any::TypeId::of::<#ty>,
            decode: |decoding| #taken::decode(&#argument_source, decoding),
        };
        const #source: __fastmcp::Source<#filled> = __fastmcp::Source::taken_from_call(
            |needs| needs.argument(&#static_argument),
            |injector| ::core::option::Option::Some(#taken::take(injector, &#static_argument)),
        );
    }
}

fn filled(names: &Names, parameter: &Parameter) -> TokenStream {
    let ty = &names.ty;
    match parameter.passing {
        Passing::Value => quote!(#ty),
        Passing::Reference => quote!(__fastmcp::ProviderRef<#ty>),
    }
}

/// Expands to: the names of the arguments that a provider takes itself, in its `impl Provider`.
pub(super) fn names_item(signature: &Signature) -> TokenStream {
    let names: Vec<&String> = taken(signature).map(|(_, it)| &it.name).collect();
    if names.is_empty() {
        return TokenStream::new();
    }
    quote!(const ARGUMENTS: &'static [&'static str] = &[#(#names),*];)
}

/// Expands to: the implementations of `ArgumentAt` for a provider.
pub(super) fn implementations(signature: &Signature) -> TokenStream {
    let ident = signature.ident();
    let all = taken(signature)
        .enumerate()
        .map(|(position, (index, parameter))| {
            let ty = Names::new(index).ty;
            let name = unspanned(&parameter.ident);
            // The type with the name of the parameter hides no item that the signature mentions.
            quote! {
                const _: () = {
                    type Provider = __FastmcpSelf;
                    #[allow(
                        non_camel_case_types,
                        missing_docs,
                        unreachable_pub,
                        unnameable_types,
                        clippy::empty_enums
                    )]
                    pub enum #name {}
                    impl __fastmcp::ArgumentAt<#position> for Provider {
                        type Value = #ty;
                        type Name = #name;
                    }
                };
            }
        });
    let all: Vec<TokenStream> = all.collect();
    if all.is_empty() {
        return TokenStream::new();
    }
    quote! {
        type __FastmcpSelf = #ident;
        #(#all)*
    }
}

fn taken(signature: &Signature) -> impl Iterator<Item = (usize, &Parameter)> {
    let parameters = signature.parameters.iter().enumerate();
    parameters.filter(|(_, it)| matches!(it.source, Source::CallArgument(_)))
}

/// Expands to: the checks that the parameters of a handler agree with the arguments of `__FastmcpProvider`, which
/// its parameter `depends` takes. A task must have all of them.
pub(super) fn agreement(signature: &Signature, depends: &Parameter, is_task: bool) -> TokenStream {
    let is_declared =
        |it: &(usize, &Parameter)| matches!(it.1.source, Source::Type(_) | Source::CallArgument(_));
    let parameters = signature.parameters.iter().enumerate();
    let declared: Vec<(usize, &Parameter)> = parameters.filter(is_declared).collect();
    if declared.is_empty() && !is_task {
        return TokenStream::new();
    }
    let checks = declared
        .iter()
        .map(|(index, parameter)| agrees(&Names::new(*index), parameter));
    let missing = is_task.then(|| has_all(&declared, depends));
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use __fastmcp::ArgumentsFallback as _;
            const ARGUMENTS: &[&str] = __fastmcp::Probe::<__FastmcpProvider>::ARGUMENTS;
            #(#checks)*
            #missing
        };
    }
}

/// Expands to: the checks that one parameter has the type that the provider takes, and that clients send it.
fn agrees(names: &Names, parameter: &Parameter) -> TokenStream {
    let Names { ty, row, .. } = names;
    let name = &parameter.name;
    let same = quote!(AT == __fastmcp::NOWHERE
        || !__fastmcp::is_argument(#row)
        || __fastmcp::Probe::<(Value, #ty)>::SAME);
    let sent = quote!(AT == __fastmcp::NOWHERE || !__fastmcp::is_injected(#row));
    let checks = [
        (
            "HasTheTypeOfTheArgument",
            quote!(#ty, __FastmcpProvider, Value,),
            same,
        ),
        ("IsSentForProvider", quote!(#ty, __FastmcpProvider,), sent),
    ];
    let checks = checks.map(|(of_trait, types, condition)| {
        let check = Check {
            name: &parameter.ident,
            of_trait,
            types,
            condition,
            ends: span_ends(&parameter.ty),
        };
        check.statement()
    });
    let checks = check::item(&[&parameter.ident], &quote!(#(#checks)*));
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use __fastmcp::Fallback as _;
            const AT: usize = __fastmcp::position(ARGUMENTS, #name);
            type Value =
                <__FastmcpProvider as __fastmcp::ArgumentType<{ AT != __fastmcp::NOWHERE }, AT>>::Value;
            #checks
        };
    }
}

/// Expands to: the check that a task has all arguments of the provider.
fn has_all(declared: &[(usize, &Parameter)], depends: &Parameter) -> TokenStream {
    let names = declared.iter().map(|(_, parameter)| &parameter.name);
    let check = Check {
        name: &depends.ident,
        of_trait: "TaskHasArgument",
        types: quote!(Name, Value, __FastmcpProvider,),
        condition: quote!(AT == __fastmcp::NOWHERE),
        ends: provider_ends(depends),
    };
    let check = check.item();
    quote! {
        const _: () = {
            const AT: usize = __fastmcp::first_missing(ARGUMENTS, &[#(#names),*]);
            type Name =
                <__FastmcpProvider as __fastmcp::ArgumentType<{ AT != __fastmcp::NOWHERE }, AT>>::Name;
            type Value =
                <__FastmcpProvider as __fastmcp::ArgumentType<{ AT != __fastmcp::NOWHERE }, AT>>::Value;
            #check
        };
    }
}

fn provider_ends(depends: &Parameter) -> (Span, Span) {
    match &depends.source {
        Source::Provider(path) => span_ends(path),
        _ => (depends.ident.span(), depends.ident.span()),
    }
}

/// Returns the name of the static for the arguments of a handler's providers, if it has providers.
pub(super) fn lazy(signature: &Signature) -> Option<Ident> {
    let is_provided = |it: &Parameter| matches!(it.source, Source::Provider(_));
    let has_providers = signature.parameters.iter().any(is_provided);
    has_providers.then(|| Ident::new("__FASTMCP_PROVIDER_ARGUMENTS", Span::call_site()))
}

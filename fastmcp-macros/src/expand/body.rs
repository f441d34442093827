//! The expansion of a call: decodes the arguments, resolves the dependencies and runs the body.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::call_argument;
use super::check::{self, Check};
use super::names::Names;
use super::row::Refusal;
use crate::model::parameter::Source;
use crate::model::passing::Passing;
use crate::model::signature::{Execution, Signature};
use crate::parse::tokens::span_ends;

/// Expands to: the items that classify the return type. `__FastmcpValue` is the type of a successful
/// value, and `__FASTMCP_FALLIBLE` is `true` if the body returns a `Result`.
pub(super) fn returned(signature: &Signature) -> TokenStream {
    let output = &signature.output;
    let checks = checks(signature);
    // Expands to: `const SENDS: bool = Probe::<Returned>::SEND;`.
    let sends = matches!(signature.execution, Execution::Blocking).then(|| {
        quote!(
            const __FASTMCP_SENDS: bool = __fastmcp::Probe::<__FastmcpReturned>::SEND;
        )
    });
    quote! {
        type __FastmcpReturned = #output;
        const __FASTMCP_FALLIBLE: bool = __fastmcp::Probe::<__FastmcpReturned>::RESULT;
        type __FastmcpValue =
            <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::Value;
        type __FastmcpError =
            <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::Error;
        const __FASTMCP_REPORTABLE: bool = __fastmcp::Probe::<__FastmcpError>::DISPLAY
            && __fastmcp::Probe::<__FastmcpError>::SHAREABLE;
        #sends
        #checks
    }
}

/// Expands to: the checks of the error type and, for a `blocking` function, of the whole result.
fn checks(signature: &Signature) -> TokenStream {
    let display = quote!(__fastmcp::Probe::<__FastmcpError>::DISPLAY);
    let check = |of_trait, ty: &str, condition| {
        let ty = Ident::new(ty, Span::call_site());
        let check = Check {
            name: signature.ident(),
            of_trait,
            types: quote!(#ty,),
            condition,
            ends: span_ends(&signature.output),
        };
        check.statement()
    };
    let message = check("ErrorHasMessage", "__FastmcpError", display.clone());
    let shareable = check(
        "ErrorIsShareable",
        "__FastmcpError",
        quote!(__FASTMCP_REPORTABLE || !#display),
    );
    let sends = matches!(signature.execution, Execution::Blocking).then(|| {
        check(
            "ResultIsSend",
            "__FastmcpReturned",
            quote!(__FASTMCP_SENDS || !__FASTMCP_REPORTABLE),
        )
    });
    check::item(&[signature.ident()], &quote!(#message #shareable #sends))
}

/// Expands to: the successful value. An error ends the call.
pub(super) fn split(signature: &Signature, value: &Ident) -> TokenStream {
    let into_error = on_type(
        signature,
        "__FastmcpError",
        quote!(HandlerError<__FASTMCP_REPORTABLE>),
        "into_error",
    );
    let error = Ident::new("error", Span::mixed_site());
    // Expands to: `Return::split(returned).map_err(|error| Failed(HandlerError::into_error(error)))?`.
    quote! {
        <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::split(#value)
            .map_err(|#error| __fastmcp::CallError::Failed(#into_error(#error)))?
    }
}

/// Expands to: `const __FASTMCP_SINK`, which converts the successful value to a reply. `sink` is the name
/// of its type, and `output` the name of the trait that provides it. `refusals` are the refused rows, each
/// with the trait that checks it.
pub(super) fn sink(
    signature: &Signature,
    sink: &str,
    output: &str,
    refusals: &[Refusal],
) -> TokenStream {
    let sink = Ident::new(sink, Span::call_site());
    let output = Ident::new(output, Span::call_site());
    let output = quote!(#output<__FASTMCP_OUTPUT_ROW>);
    let checks = refusals.iter().map(|(refused, of_trait)| {
        let refused = Ident::new(refused, Span::call_site());
        let check = Check {
            name: signature.ident(),
            of_trait,
            types: quote!(__FastmcpValue,),
            condition: quote!(__FASTMCP_OUTPUT_ROW != __fastmcp::#refused),
            ends: span_ends(&signature.output),
        };
        check.statement()
    });
    let checks = check::item(&[signature.ident()], &quote!(#(#checks)*));
    let selected = on_type(signature, "__FastmcpValue", output, "SINK");
    // Expands to: the checks; `const __FASTMCP_SINK: Sink<Value> = <Value as Output<ROW>>::SINK;`.
    quote! {
        #checks
        const __FASTMCP_SINK: __fastmcp::#sink<__FastmcpValue> = #selected;
    }
}

/// Expands to: `<Alias as Trait>::item`, with the span of the return type, so that rustc reports there
/// that the type does not implement the trait.
pub(super) fn on_type(
    signature: &Signature,
    alias: &str,
    of: TokenStream,
    item: &str,
) -> TokenStream {
    let (first, last) = span_ends(&signature.output);
    let (alias, item) = (Ident::new(alias, first), Ident::new(item, last));
    quote_spanned!(first=> <#alias as __fastmcp::#of>::#item)
}

/// Expands to: `fn __fastmcp_call(call) -> BoxFuture<Result<reply, CallError>>`. Its last expression is
/// `finish`, in which the variable `value` is the return value of the body.
pub(super) fn call(
    signature: &Signature,
    reply: &TokenStream,
    value: &Ident,
    finish: &TokenStream,
) -> TokenStream {
    let names = Names::all(signature);
    let locals: Vec<&Ident> = names.iter().map(|names| &names.local).collect();
    let sources: Vec<&Ident> = names.iter().map(|names| &names.source).collect();
    let index: Vec<usize> = (0..names.len()).collect();
    let body = called(signature, &locals);
    let call = Ident::new("call", Span::mixed_site());
    // Expands to: `call.resolve(&mut [pending(&mut parameter_0), …]).await?;`.
    let resolve = (!locals.is_empty()).then(|| {
        let pending = pending(&locals);
        quote!(#call.resolve(&mut [#pending]).await?;)
    });
    let lazy = call_argument::lazy(signature);
    let kept = Ident::new("for_providers", Span::mixed_site());
    let arguments = match &lazy {
        None => quote! {
            #(let mut #locals = #call.argument(&#sources, &__FASTMCP_PARAMETERS[#index]);)*
            #call.check_arguments(&__FASTMCP_PARAMETERS)?;
        },
        Some(lazy) => quote! {
            let #kept = #call.for_providers(&#lazy);
            #(let mut #locals = #call.argument(&#sources, &__FASTMCP_PARAMETERS[#index]);)*
            #call.check_arguments_with(&__FASTMCP_PARAMETERS, #kept)?;
        },
    };
    // Expands to: `static PROVIDER_ARGUMENTS: LazyProviderArguments = …;`, for a handler with providers.
    let lazy = lazy.map(|lazy| {
        quote! {
            static #lazy: __fastmcp::LazyProviderArguments =
                __fastmcp::LazyProviderArguments::new(&__FASTMCP_PARAMETERS);
        }
    });
    // Expands to: all arguments, then the dependencies in order, then the body. Arguments come first,
    // so that a call with invalid arguments runs no provider.
    quote! {
        #lazy
        fn __fastmcp_call(
            mut #call: __fastmcp::Call,
        ) -> __fastmcp::BoxFuture<'static, ::core::result::Result<#reply, __fastmcp::CallError>> {
            __fastmcp::Boxing::<__FASTMCP_ACCEPTED>::call(async move {
                #arguments
                #resolve
                #(let #locals = #locals.take()?;)*
                let #value = #body;
                #finish
            })
        }
    }
}

/// Expands to: `Boxing::<ACCEPTED>::pending(&mut parameter_0), …`.
pub(super) fn pending(locals: &[&Ident]) -> TokenStream {
    quote!(#(__fastmcp::Boxing::<__FASTMCP_ACCEPTED>::pending(&mut #locals)),*)
}

/// Expands to: the call of the user's function with these local variables.
pub(super) fn called(signature: &Signature, locals: &[&Ident]) -> TokenStream {
    let parameters = signature.parameters.iter();
    let passed = parameters.zip(locals).map(|(parameter, local)| {
        match (parameter.passing, &parameter.source) {
            // Expands to: `parameter_0`.
            (Passing::Value, _) => quote!(#local),
            // Expands to: `&parameter_0`.
            (Passing::Reference, Source::Type(_) | Source::Payload) => quote!(&#local),
            // Expands to: `&*parameter_0`, for a `ProviderRef` or a `State`.
            (
                Passing::Reference,
                Source::Provider(_) | Source::Receiver | Source::CallArgument(_),
            ) => quote!(&*#local),
        }
    });
    let function = signature.path();
    // With the span of the function's name, so that rustc reports a future that is not `Send` there.
    let span = signature.ident().span();
    let called = quote_spanned!(span=> #function(#(#passed),*));
    match signature.execution {
        // Expands to: `Boxing::<ACCEPTED>::body(analyze(…)).await`.
        Execution::Async => {
            quote_spanned!(span=> __fastmcp::Boxing::<__FASTMCP_ACCEPTED>::body(#called).await)
        }
        // Expands to: `analyze(parameter_0, &parameter_1)`.
        Execution::Inline => called,
        // Expands to: `Blocking::<SENDS>::run(analyze).await`.
        Execution::Blocking if locals.is_empty() => {
            quote_spanned!(span=> __fastmcp::Blocking::<__FASTMCP_SENDS>::run(#function).await)
        }
        // Expands to: `Blocking::<SENDS>::run(move || analyze(…)).await`.
        Execution::Blocking => {
            quote_spanned!(span=>
                __fastmcp::Blocking::<__FASTMCP_SENDS>::run(move || #called).await
            )
        }
    }
}

//! The part of an expansion that runs: from the arguments of a call to the body's return value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::parameters::Names;
use crate::model::parameter::span_ends;
use crate::model::{Handler, Passing};

/// The items that classify the return type: `__FastmcpValue` is the type of success, and
/// `__FASTMCP_FALLIBLE` whether the body returns a `Result`.
pub(crate) fn returned(handler: &Handler) -> TokenStream {
    let output = &handler.output;
    // Spells: the return type by a name that nothing hides, and what it is made of.
    quote! {
        type __FastmcpReturned = #output;
        const __FASTMCP_FALLIBLE: bool = __fastmcp::Probe::<__FastmcpReturned>::FALLIBLE;
        type __FastmcpValue =
            <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::Value;
        type __FastmcpError =
            <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::Error;
    }
}

/// The value of success, or the end of the call with the error.
pub(crate) fn split(handler: &Handler, value: &Ident) -> TokenStream {
    let into_error = on_type(
        handler,
        "__FastmcpError",
        quote!(HandlerError),
        "into_error",
    );
    let error = Ident::new("error", Span::mixed_site());
    // Spells: `Return::split(returned).map_err(|error| Failed(HandlerError::into_error(error)))?`.
    quote! {
        <__FastmcpReturned as __fastmcp::Return<__FASTMCP_FALLIBLE>>::split(#value)
            .map_err(|#error| __fastmcp::CallError::Failed(#into_error(#error)))?
    }
}

/// `const __FASTMCP_SINK`: how the value of success becomes a reply. `sink` and `output` are the
/// type and the trait of that; a type parameter spelled like the function lets rustc name it.
pub(crate) fn sink(handler: &Handler, sink: &str, output: &str) -> TokenStream {
    let mut named = handler.function.signature.ident.clone();
    named.set_span(Span::call_site());
    let sink = Ident::new(sink, Span::call_site());
    let output = Ident::new(output, Span::call_site());
    let output = quote!(#output<__FASTMCP_OUTPUT_ROW, #named>);
    let selected = on_type(handler, "__FastmcpValue", output, "SINK");
    // Spells: `const __FASTMCP_SINK: Sink<Value> = <Value as Output<ROW, analyze>>::SINK;`.
    quote! {
        const __FASTMCP_SINK: __fastmcp::#sink<__FastmcpValue> = {
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn sink<#named>() -> __fastmcp::#sink<__FastmcpValue> {
                #selected
            }
            sink::<()>()
        };
    }
}

/// Spells `<Alias as Trait>::item`, spanned like the return type, where an error about it belongs.
pub(crate) fn on_type(handler: &Handler, alias: &str, of: TokenStream, item: &str) -> TokenStream {
    let (first, last) = span_ends(&handler.output);
    let (alias, item) = (Ident::new(alias, first), Ident::new(item, last));
    quote_spanned!(first=> <#alias as __fastmcp::#of>::#item)
}

/// `fn __fastmcp_call(call) -> BoxFuture<Result<reply, CallError>>`, which ends in `finish`: an
/// expression of the reply's type in which `value` is what the body returned.
pub(crate) fn call(
    handler: &Handler,
    reply: &TokenStream,
    value: &Ident,
    finish: &TokenStream,
) -> TokenStream {
    let count = handler.parameters.len();
    let names: Vec<Names> = (0..count).map(Names::new).collect();
    let locals: Vec<&Ident> = names.iter().map(|names| &names.local).collect();
    let sources: Vec<&Ident> = names.iter().map(|names| &names.source).collect();
    let index: Vec<usize> = (0..count).collect();
    let body = called(handler, &locals);
    let [call, injector] = ["call", "injector"].map(|name| Ident::new(name, Span::mixed_site()));
    // Spells: arguments first, all of them, then dependencies in order, then the body.
    quote! {
        fn __fastmcp_call(
            mut #call: __fastmcp::Call,
        ) -> __fastmcp::BoxFuture<'static, ::core::result::Result<#reply, __fastmcp::CallError>> {
            __fastmcp::Boxing::<__FASTMCP_SOUND>::call(async move {
                #(let #locals = #call.take(&#sources, &__FASTMCP_PARAMETERS[#index]);)*
                let #injector = #call.check(&__FASTMCP_PARAMETERS)?;
                #(
                    let #locals = __fastmcp::fill(
                        #locals,
                        &#injector,
                        &#sources,
                        &__FASTMCP_PARAMETERS[#index],
                    )
                    .await?;
                )*
                let #value = #body;
                #finish
            })
        }
    }
}

/// The call of the user's function with these locals.
pub(crate) fn called(handler: &Handler, locals: &[&Ident]) -> TokenStream {
    let passed = handler
        .parameters
        .iter()
        .zip(locals)
        .map(|(parameter, local)| {
            match (parameter.passing, &parameter.depends) {
                // Spells: `parameter_0`.
                (Passing::Value, _) => quote!(#local),
                // Spells: `&parameter_0`.
                (Passing::Reference, None) => quote!(&#local),
                // Spells: `&*parameter_0`, of a `Lent` or a `State`.
                (Passing::Reference, Some(_)) | (Passing::Receiver, _) => quote!(&*#local),
            }
        });
    let function = handler.path();
    let span = handler.function.signature.ident.span();
    // Spells: `analyze(parameter_0, &parameter_1)`.
    let called = quote_spanned!(span=> #function(#(#passed),*));
    if handler.is_async {
        // Spells: `Boxing::<SOUND>::body(analyze(…)).await`, at the function's name: where it is not `Send`, the
        // error points there.
        quote_spanned!(span=> __fastmcp::Boxing::<__FASTMCP_SOUND>::body(#called).await)
    } else if handler.about.blocking {
        let run = if locals.is_empty() {
            quote!(#function)
        } else {
            quote_spanned!(span=> move || #called)
        };
        // Spells: `blocking(move || analyze(…)).await`; without parameters, `blocking(analyze).await`.
        quote_spanned!(span=> __fastmcp::blocking(#run).await)
    } else {
        called
    }
}

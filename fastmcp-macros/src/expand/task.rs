//! The expansion of tasks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, ReturnType, Type};

use super::body;
use super::parameters::{self, Names};
use crate::model::policy::Policy;
use crate::model::{Handler, Passing};
use crate::parse::function::Function;

/// The function that returns a `Run`, the type of the same name, and the block that registers it.
pub(crate) fn expand(handler: &Handler) -> TokenStream {
    let function = function(handler);
    let registration = registration(handler);
    // Spells: the function; the type and the block.
    quote!(#function #registration)
}

/// The same of a method: what stands in the `impl`, and what stands behind it.
pub(crate) fn method(handler: &Handler) -> (TokenStream, TokenStream) {
    let mut inner = handler.function.without_our_attributes();
    let mut outer = inner.clone();
    // Conditions and lints are about the body.
    inner
        .attributes
        .retain(|attribute| !attribute.path().is_ident("doc"));
    inner.visibility = syn::Visibility::Inherited;
    inner.signature.ident = format_ident!("__{}", outer.signature.ident);
    let (body, names) = (&inner.signature.ident, pass_on(handler, &mut outer));
    let root = &handler.root;
    let returned = returned(handler, &mut outer);
    outer.signature.output = syn::parse_quote!(-> #returned);
    let is_method = outer.signature.receiver().is_some();
    // Spells: `self,`, where there is one.
    let receiver = is_method.then(|| quote!(self,));
    // Spells: the user's own method under another name, called with the same parameters.
    outer.body = quote!({ #root::__private::Run::new(Self::#body(#receiver #(#names),*)) });
    (quote!(#outer #[doc(hidden)] #inner), registration(handler))
}

/// The type that stands for the task, and the block that registers it.
fn registration(handler: &Handler) -> TokenStream {
    let root = &handler.root;
    let visibility = &handler.function.visibility;
    let task = handler.task();
    let cfg: Vec<_> = handler.function.cfg().collect();
    let parameters = parameters::items(handler, crate::model::What::Task);
    let returned = body::returned(handler);
    let value = Ident::new("returned", Span::mixed_site());
    let (output_items, finish) = output(handler, &value);
    let reply = quote!(__fastmcp::Outcome);
    let call = body::call(handler, &reply, &value, &finish);
    let implementation = implementation(handler);
    // Spells: `enum analyze {}`; a block of private items that registers it.
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
        #visibility enum #task {}

        #(#cfg)*
        const _: () = {
            #[allow(unused_imports)]
            use #root::__private as __fastmcp;
            #[allow(unused_imports)]
            use __fastmcp::Fallback as _;

            #parameters
            #returned
            #output_items
            #call
            #implementation

            __fastmcp::inventory::submit! {
                __fastmcp::RegisteredTask(<#task as __fastmcp::Task>::ENTRY)
            }
        };
    }
}

/// Gives the parameters of `outer`, which only hands them on, plain names: `mut` belongs to the
/// function inside.
fn pass_on<'h>(handler: &'h Handler, outer: &mut Function) -> Vec<&'h Ident> {
    let typed = handler
        .parameters
        .iter()
        .filter(|it| it.passing != Passing::Receiver);
    let names: Vec<&Ident> = typed.map(|parameter| &parameter.ident).collect();
    let inputs = outer
        .signature
        .inputs
        .iter_mut()
        .filter_map(|input| match input {
            FnArg::Typed(input) => Some(input),
            FnArg::Receiver(_) => None,
        });
    for (input, name) in inputs.zip(&names) {
        *input.pat = syn::parse_quote!(#name);
    }
    names
}

/// Spells: `Run<analyze, impl Future<Output = R>>`, which the function now gives.
fn returned(handler: &Handler, outer: &mut Function) -> Type {
    let root = &handler.root;
    let task = handler.task();
    let span = outer.signature.ident.span();
    let output = match &outer.signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, output) => (**output).clone(),
    };
    outer.signature.asyncness = None;
    // A method's future borrows `self`, which editions before 2024 want to be told.
    let borrows = outer.signature.receiver().is_some().then(|| quote!(+ '_));
    syn::parse_quote_spanned! {span=>
        #root::__private::Run<#task, impl ::core::future::Future<Output = #output> #borrows>
    }
}

/// The user's function, which now returns which task it is.
fn function(handler: &Handler) -> TokenStream {
    let mut inner = handler.function.without_our_attributes();
    let mut outer = inner.clone();
    let root = &handler.root;
    let ident = &handler.function.signature.ident;
    let names = pass_on(handler, &mut outer);
    let returned = returned(handler, &mut outer);
    outer.signature.output = syn::parse_quote!(-> #returned);
    inner
        .attributes
        .retain(|attribute| !attribute.path().is_ident("doc"));
    inner.visibility = syn::Visibility::Inherited;
    // Spells: the user's own function inside, called with the same parameters. It is an associated
    // one, so that it has the task's name in rustc's messages while that name, in the body, still
    // means the task.
    outer.body = quote!({
        struct __FastmcpBody;
        impl __FastmcpBody {
            #inner
        }
        #root::__private::Run::new(__FastmcpBody::#ident(#(#names),*))
    });
    quote!(#outer)
}

/// The items and the last expression of a task.
fn output(handler: &Handler, value: &Ident) -> (TokenStream, TokenStream) {
    let sink = body::sink(handler, "TaskSink", "TaskOutput");
    // Spells: the row of the value type in the table of a task's outputs, and what follows.
    let items = quote! {
        const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::task_output_row(
            __fastmcp::Probe::<__FastmcpValue>::ENCODABLE,
            __fastmcp::Probe::<__FastmcpValue>::DECODABLE,
        );
        #sink
    };
    let split = body::split(handler, value);
    // Spells: `(SINK.convert)(split(returned))`.
    (items, quote!((__FASTMCP_SINK.convert)(#split)))
}

/// Spells: `impl Task for analyze { … }`.
fn implementation(handler: &Handler) -> TokenStream {
    let ident = &handler.function.signature.ident;
    let task = handler.task();
    let name = &handler.name;
    let line = quote_spanned!(ident.span()=> ::core::line!());
    let count = handler.parameters.len();
    // Spells: `<Type0 as Listed<ROW_0, <Type1 as Listed<ROW_1, Nil>>::List>>::List`.
    let list = (0..count)
        .rev()
        .map(Names::new)
        .fold(quote!(__fastmcp::Nil), |tail, names| {
            let Names { ty, row, .. } = names;
            quote!(<#ty as __fastmcp::Listed<#row, #tail>>::List)
        });
    let Policy {
        fields,
        lanes,
        only_if,
        automatic,
        ..
    } = &handler.policy;
    let only_if = only_if.as_ref().map_or_else(
        // Spells: `None`.
        || quote!(::core::option::Option::None),
        |only_if| {
            // Spells: `{ const ONLY_IF: fn(&Error) -> bool = is_passing; Some(ONLY_IF) }`.
            quote!({
                const __FASTMCP_ONLY_IF: fn(&__fastmcp::Error) -> bool = #only_if;
                ::core::option::Option::Some(__FASTMCP_ONLY_IF)
            })
        },
    );
    let is_automatic = automatic.is_some();
    let asserted = asserted(handler);
    // Spells: the policy, made once; what has to be an argument is one; the implementation.
    quote! {
        static __FASTMCP_POLICY: __fastmcp::LazyPolicy = __fastmcp::LazyPolicy::new(|| {
            ::core::result::Result::Ok(__fastmcp::Policy {
                #(#fields)*
                ..::core::default::Default::default()
            })
        });

        #(#asserted)*

        impl __fastmcp::Task for #task {
            type Arguments = #list;
            type Output = __FastmcpValue;
            const ENTRY: &'static __fastmcp::TaskEntry = &__fastmcp::TaskEntry {
                name: #name,
                location: __fastmcp::Location::new(::core::file!(), #line, ::core::module_path!()),
                parameters: &__FASTMCP_PARAMETERS,
                policy: &__FASTMCP_POLICY,
                lanes: __fastmcp::Lanes { #(#lanes)* ..__fastmcp::Lanes::NONE },
                only_if: #only_if,
                is_automatic: #is_automatic,
                call: __fastmcp_call,
            };
        }
    }
}

/// Assertions about which parameters are arguments: what only types know, at the option's place.
fn asserted(handler: &Handler) -> Vec<TokenStream> {
    let Policy {
        named, automatic, ..
    } = &handler.policy;
    let row_of = |ident: &Ident| {
        let index = handler
            .parameters
            .iter()
            .position(|it| it.ident == *ident)?;
        Some(Names::new(index).row)
    };
    let named = named.iter().filter_map(|(ident, option)| {
        let row = row_of(ident)?;
        let message = format!("`{option}` needs an argument; `{ident}` is provided by the worker");
        // Spells: `const _: () = assert!(ROW != 0, "…");`, at the name in the option.
        Some(quote_spanned!(ident.span()=> const _: () = ::core::assert!(#row != 0, #message);))
    });
    let automatic = automatic.map(|span| {
        let checks = handler
            .parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let row = Names::new(index).row;
                let name = &parameter.name;
                let message =
                    format!("an `automatic` task has no arguments: nobody would give it `{name}`");
                // Spells: `if ROW == 1 { panic!("…") }`.
                quote_spanned!(span=> if #row == 1 { ::core::panic!(#message) })
            });
        // Spells: the first of the checks that fails, at `automatic`.
        quote_spanned!(span=> const _: () = { #(#checks)* };)
    });
    named.chain(automatic).collect()
}

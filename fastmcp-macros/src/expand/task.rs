//! The expansion of tasks.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{FnArg, Lifetime, LifetimeParam, ReturnType, Type, TypeReference};

use super::expansion::Expansion;
use super::names::Names;
use super::row::{Refusal, Table};
use super::{body, parameters, policy};
use crate::model::parameter::Parameter;
use crate::model::passing::Passing;
use crate::model::signature::Signature;
use crate::model::task::Task;
use crate::parse::function::Function;

const REFUSALS: &[Refusal] = &[
    ("TASK_OUTPUT_NOT_ENCODABLE", "ResultIsEncodable"),
    ("TASK_OUTPUT_NOT_READABLE", "ResultIsReadable"),
    ("TASK_OUTPUT_NEITHER", "ResultIsEncodableAndReadable"),
];

/// Expands to: the function, which returns a `Run`; the type that represents the task; the block that
/// registers it.
pub(super) fn expand(task: &Task) -> Expansion {
    let function = if task.signature.self_type.is_some() {
        method(task)
    } else {
        function(task)
    };
    Expansion {
        function,
        items: registration(task),
    }
}

/// Expands to: a function that contains the user's function and returns a `Run` with its future. The inner
/// function is an associated function: it keeps its name in rustc's messages, and inside the body this
/// name still refers to the task.
fn function(task: &Task) -> TokenStream {
    let signature = &task.signature;
    let mut outer = signature.function.without_our_attributes();
    let inner = inner(&outer);
    let names = pass_on(signature, &mut outer);
    return_run(task, &mut outer);
    let (root, ident) = (&signature.root, signature.ident());
    outer.body = quote!({
        struct __FastmcpBody;
        impl __FastmcpBody {
            #inner
        }
        #root::__private::Run::new(__FastmcpBody::#ident(#(#names),*))
    });
    outer.into_token_stream()
}

/// Expands to: a method that returns a `Run` with the future of the user's method, and the user's method
/// under another name.
fn method(task: &Task) -> TokenStream {
    let signature = &task.signature;
    let mut outer = signature.function.without_our_attributes();
    let mut inner = inner(&outer);
    inner.signature.ident = format_ident!("__{}", outer.signature.ident);
    let names = pass_on(signature, &mut outer);
    return_run(task, &mut outer);
    let (root, body) = (&signature.root, &inner.signature.ident);
    let receiver = outer.signature.receiver().map(|_| quote!(self,));
    outer.body = quote!({ #root::__private::Run::new(Self::#body(#receiver #(#names),*)) });
    quote!(#outer #[doc(hidden)] #inner)
}

/// Returns the user's function as a private item. It keeps all attributes except docs, because conditions
/// and lints apply to the body.
fn inner(function: &Function) -> Function {
    let mut inner = function.clone();
    inner
        .attributes
        .retain(|attribute| !attribute.path().is_ident("doc"));
    inner.visibility = syn::Visibility::Inherited;
    inner
}

/// Replaces the patterns of the parameters of `outer` by plain names, and returns the names. `outer` only
/// passes the parameters on; patterns and `mut` belong to the inner function.
fn pass_on<'t>(signature: &'t Signature, outer: &mut Function) -> Vec<&'t Ident> {
    let typed = signature.parameters.iter().filter(|it| !it.is_receiver());
    let names: Vec<&Ident> = typed.map(|parameter| &parameter.ident).collect();
    let inputs = outer.signature.inputs.iter_mut();
    let inputs = inputs.filter_map(|input| match input {
        FnArg::Typed(input) => Some(input),
        FnArg::Receiver(_) => None,
    });
    for (input, name) in inputs.zip(&names) {
        *input.pat = syn::parse_quote!(#name);
    }
    names
}

/// Replaces `async fn … -> R` by `fn … -> Run<analyze, impl Future<Output = R>>`. If the function borrows
/// values of providers, its future borrows them for one lifetime, with `self`:
/// `fn analyze<'borrowed>(pool: &'borrowed Pool) -> Run<analyze, impl Future<Output = R> + 'borrowed>`.
fn return_run(task: &Task, outer: &mut Function) {
    let root = &task.signature.root;
    let ident = &task.ident;
    let span = outer.signature.ident.span();
    let output: Type = match &outer.signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, output) => (**output).clone(),
    };
    outer.signature.asyncness = None;
    // Editions before 2024 do not capture lifetimes implicitly.
    let lifetime = borrowed(&task.signature, outer);
    let borrows = lifetime.map(|lifetime| quote!(+ #lifetime));
    let run: Type = syn::parse_quote_spanned! {span=>
        #root::__private::Run<#ident, impl ::core::future::Future<Output = #output> #borrows>
    };
    outer.signature.output = syn::parse_quote!(-> #run);
}

/// Returns the lifetime for which the future of a task borrows its parameters, and gives it to them.
fn borrowed(signature: &Signature, outer: &mut Function) -> Option<Lifetime> {
    let is_lent = |it: &Parameter| it.passing == Passing::Reference && !it.is_receiver();
    if !signature.parameters.iter().any(is_lent) {
        let receiver = outer.signature.receiver();
        return receiver.map(|_| Lifetime::new("'_", Span::call_site()));
    }
    let lifetime = Lifetime::new("'__fastmcp_borrowed", Span::mixed_site());
    for input in &mut outer.signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                if let Some((_, of)) = &mut receiver.reference {
                    *of = Some(lifetime.clone());
                }
                if let Type::Reference(ty) = &mut *receiver.ty {
                    ty.lifetime = Some(lifetime.clone());
                }
            }
            FnArg::Typed(input) => {
                if let Some(reference) = reference(&mut input.ty) {
                    reference.lifetime = Some(lifetime.clone());
                }
            }
        }
    }
    let parameter = LifetimeParam::new(lifetime.clone());
    outer.signature.generics.params.push(parameter.into());
    Some(lifetime)
}

/// Returns the reference that a type is.
fn reference(ty: &mut Type) -> Option<&mut TypeReference> {
    match ty {
        Type::Paren(inner) => reference(&mut inner.elem),
        Type::Group(inner) => reference(&mut inner.elem),
        Type::Reference(reference) => Some(reference),
        _ => None,
    }
}

/// Expands to: `enum analyze {}`, and a block of private items that registers it.
fn registration(task: &Task) -> TokenStream {
    let signature = &task.signature;
    let root = &signature.root;
    let visibility = &signature.function.visibility;
    let ident = &task.ident;
    let cfg: Vec<_> = signature.function.cfg().collect();
    let parameters = parameters::parameter_items(signature, Table::Task);
    let returned = body::returned(signature);
    let value = Ident::new("returned", Span::mixed_site());
    let sink = body::sink(signature, "TaskSink", "TaskOutput", REFUSALS);
    let split = body::split(signature, &value);
    // Expands to: `(SINK.convert)(split(returned))`.
    let finish = quote!((__FASTMCP_SINK.convert)(#split));
    let call = body::call(signature, &quote!(__fastmcp::Outcome), &value, &finish);
    let implementation = implementation(task);
    quote! {
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
            const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::task_output_row(
                __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
                __fastmcp::Probe::<__FastmcpValue>::DESERIALIZE,
            );
            #sink
            #call
            #implementation

            __fastmcp::inventory::submit! {
                __fastmcp::RegisteredTask(<#ident as __fastmcp::Task>::ENTRY)
            }
        };
    }
}

/// Expands to: the policy, the checks of its arguments, and `impl Task for analyze { … }`.
fn implementation(task: &Task) -> TokenStream {
    let Task {
        signature,
        ident,
        policy,
    } = task;
    let name = &signature.name;
    let line = quote_spanned!(signature.ident().span()=> ::core::line!());
    // Expands to: `<Type0 as Prepend<{ is_argument(ROW_0) }, <Type1 as …>::List>>::List`.
    let arguments = Names::all(signature).into_iter().rev().fold(
        quote!(__fastmcp::Nil),
        |tail, Names { ty, row, .. }| {
            quote!(<#ty as __fastmcp::Prepend<{ __fastmcp::is_argument(#row) }, #tail>>::List)
        },
    );
    let fields = policy::fields(policy);
    let lanes = policy::lanes(policy);
    let only_if = policy::only_if(policy);
    let is_automatic = policy::automatic(policy).is_some();
    let checks = policy::checks(signature, policy);
    quote! {
        static __FASTMCP_POLICY: __fastmcp::LazyPolicy = __fastmcp::LazyPolicy::new(|| {
            ::core::result::Result::Ok(__fastmcp::Policy {
                #fields
                ..::core::default::Default::default()
            })
        });

        #(#checks)*

        impl __fastmcp::Task for #ident {
            type Arguments = #arguments;
            type Output = __FastmcpValue;
            const ENTRY: &'static __fastmcp::TaskEntry = &__fastmcp::TaskEntry {
                name: #name,
                location: __fastmcp::Location::new(::core::file!(), #line, ::core::module_path!()),
                parameters: &__FASTMCP_PARAMETERS,
                policy: &__FASTMCP_POLICY,
                lanes: __fastmcp::Lanes { #lanes ..__fastmcp::Lanes::NONE },
                only_if: #only_if,
                is_automatic: #is_automatic,
                call: __fastmcp_call,
            };
        }
    }
}

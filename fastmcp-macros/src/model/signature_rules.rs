//! The rules for the signature of a handler, apart from its parameters.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericArgument, GenericParam, PathArguments, ReturnType, Signature, Type};

use crate::errors::Errors;
use crate::model::kind::HandlerKind;
use crate::parse::function::{Function, is_of_parameter};
use crate::parse::tokens::compact;

/// Refuses signatures that handlers of this kind cannot have.
pub(super) fn check(kind: HandlerKind, function: &Function, errors: &mut Errors) {
    let Signature {
        constness,
        unsafety,
        abi,
        generics,
        variadic,
        output,
        asyncness,
        fn_token,
        ..
    } = &function.signature;
    let handler = kind.with_article();
    for attribute in function.attributes.iter().filter(|it| is_of_parameter(it)) {
        let name = compact(attribute.path());
        errors.at(
            attribute,
            format!("`#[{name}]` belongs to a parameter: write it before the parameter's name"),
        );
    }
    if let ReturnType::Type(_, output) = output
        && borrows(&output.to_token_stream())
        && takes_reference(&function.signature)
    {
        errors.at(
            output,
            format!(
                "{handler} must return an owned value, because its parameters are borrowed for the \
                 call only: return `String` instead of `&str`, `Vec<T>` instead of `&[T]`"
            ),
        );
    }
    if kind == HandlerKind::Task
        && let ReturnType::Type(_, output) = output
        && let Some(reference) = reference_in_value(output)
    {
        errors.at(
            reference,
            "a task must return an owned value, because its result is stored and decoded again: \
             return `String` instead of `&str`, `Vec<T>` instead of `&[T]`",
        );
    }
    if let Some(unsafety) = unsafety {
        errors.at(
            unsafety,
            format!(
                "{handler} cannot be `unsafe`, because callers cannot uphold its safety contract: \
                 remove `unsafe`"
            ),
        );
    }
    if let Some(constness) = constness {
        errors.at(
            constness,
            format!("{handler} cannot be `const`: write `async fn`"),
        );
    }
    if let Some(abi) = abi {
        errors.at(
            abi,
            format!("{handler} cannot have an `extern` ABI: write `async fn`"),
        );
    }
    if let Some(variadic) = variadic {
        errors.at(
            variadic,
            format!("{handler} cannot be variadic: take a `Vec`"),
        );
    }
    if kind == HandlerKind::Task && asyncness.is_none() {
        errors.at(
            fn_token,
            "a task must be an `async fn`: write `async` before `fn`",
        );
    }
    if kind == HandlerKind::Event
        && let Some(asyncness) = asyncness
    {
        errors.at(
            asyncness,
            "an event cannot be `async`, because its function only compares the payload with the \
             arguments of a subscription: remove `async`, and put what the comparison needs into the \
             payload",
        );
    }
    refuse_generics(kind, generics, errors);
    if let ReturnType::Type(_, output) = output
        && let Type::ImplTrait(output) = &**output
    {
        errors.at(
            output,
            format!(
                "{handler} must return a named type: write the concrete type instead of `impl …`"
            ),
        );
    }
}

fn refuse_generics(kind: HandlerKind, generics: &syn::Generics, errors: &mut Errors) {
    let handler = kind.with_article();
    let reason = match kind {
        HandlerKind::Provider => "handlers name it without type arguments",
        _ => "its schema needs concrete types",
    };
    let find = |is: fn(&&GenericParam) -> bool| generics.params.iter().find(is);
    if let Some(lifetime) = find(|it| matches!(it, GenericParam::Lifetime(_))) {
        errors.at(
            lifetime,
            format!(
                "{handler} cannot have lifetime parameters: leave the lifetime out, or take owned \
                 values"
            ),
        );
    }
    if let Some(parameter) = find(|it| !matches!(it, GenericParam::Lifetime(_))) {
        errors.at(
            parameter,
            format!(
                "{handler} cannot be generic, because {reason}: write one function for each type"
            ),
        );
    }
}

/// Returns whether rustc refuses the types of the signature in any case. Each use of the type in an
/// expansion would repeat that error, so such a function is emitted without an expansion.
pub(crate) fn is_refused_by_rustc(signature: &Signature) -> bool {
    let is_unsized = signature.inputs.iter().any(|input| match input {
        FnArg::Typed(input) => match &*input.ty {
            Type::Slice(_) | Type::TraitObject(_) | Type::Infer(_) => true,
            Type::Path(path) => path.path.is_ident("str"),
            _ => false,
        },
        FnArg::Receiver(_) => false,
    });
    let lacks_lifetime = match &signature.output {
        ReturnType::Type(_, output) => {
            borrows(&output.to_token_stream()) && !takes_reference(signature)
        }
        ReturnType::Default => false,
    };
    is_unsized || lacks_lifetime
}

/// Returns a `'static` reference in the value of a return type: in `T` of `Result<T, E>`, or in the type
/// itself. Other references are refused anyway.
fn reference_in_value(output: &Type) -> Option<&Type> {
    match output {
        Type::Reference(reference) => reference.lifetime.is_some().then_some(output),
        Type::Paren(inner) => reference_in_value(&inner.elem),
        Type::Group(inner) => reference_in_value(&inner.elem),
        Type::Array(array) => reference_in_value(&array.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(reference_in_value),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else {
                return None;
            };
            let types = arguments.args.iter().filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            });
            let count = if last.ident == "Result" {
                1
            } else {
                usize::MAX
            };
            types.take(count).find_map(reference_in_value)
        }
        _ => None,
    }
}

/// Returns whether a type has a reference that is not `'static`.
fn borrows(ty: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = ty.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Punct(and) if and.as_char() == '&' => {
            let lifetime = tokens.get(index + 2);
            !lifetime.is_some_and(|it| matches!(it, TokenTree::Ident(it) if it == "static"))
        }
        TokenTree::Group(group) => borrows(&group.stream()),
        _ => false,
    })
}

fn takes_reference(signature: &Signature) -> bool {
    signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => receiver.reference.is_some(),
        FnArg::Typed(input) => matches!(&*input.ty, Type::Reference(_)),
    })
}

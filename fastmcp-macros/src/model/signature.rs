//! What the signature of a handler may be, apart from its parameters.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, GenericParam, Pat, ReturnType, Signature, Type};

use super::parameter::without_self;
use super::{Kind, Owner, What};
use crate::errors::Errors;
use crate::parse::function::{Function, is_of_parameter};

/// Refuses the signatures that no handler can have.
pub(crate) fn check(kind: &Kind, function: &Function, errors: &mut Errors) {
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
    let a_name = kind.a_name;
    for attribute in function.attributes.iter().filter(|it| is_of_parameter(it)) {
        errors.at(
            attribute,
            "this belongs to a parameter: write it before the parameter's name",
        );
    }
    if let ReturnType::Type(_, output) = output
        && lends(&output.to_token_stream())
        && takes_reference(&function.signature)
    {
        errors.at(
            output,
            format!(
                "{a_name} returns what it owns, since its parameters are lent for the call alone; \
                 write `String` for `&str`, `Vec<T>` for `&[T]`"
            ),
        );
    }
    if let Some(unsafety) = unsafety {
        errors.at(
            unsafety,
            format!("{a_name} cannot be `unsafe`: a client's call makes no promises"),
        );
    }
    if let Some(constness) = constness {
        errors.at(
            constness,
            format!("{a_name} cannot be `const`; write `async fn`"),
        );
    }
    if let Some(abi) = abi {
        errors.at(
            abi,
            format!("{a_name} cannot have an ABI of its own; write `async fn`"),
        );
    }
    if let Some(variadic) = variadic {
        errors.at(
            variadic,
            format!("{a_name} cannot be variadic; take a `Vec`"),
        );
    }
    if kind.what == What::Task && asyncness.is_none() {
        errors.at(fn_token, "a task is an `async fn`: put `async` before `fn`");
    }
    refuse_generics(kind, generics, errors);
    if let ReturnType::Type(_, output) = output
        && let Type::ImplTrait(output) = &**output
    {
        errors.at(
            output,
            format!("{a_name} returns a type with a name; `impl …` has none"),
        );
    }
}

/// Whether rustc refuses the types of a signature wherever they are written. It is left alone with
/// them then, so that it says so once.
pub(crate) fn is_rustcs_to_refuse(signature: &Signature) -> bool {
    let is_unsized = signature.inputs.iter().any(|input| match input {
        FnArg::Typed(input) => match &*input.ty {
            Type::Slice(_) | Type::TraitObject(_) | Type::Infer(_) => true,
            Type::Path(path) => path.path.is_ident("str"),
            _ => false,
        },
        FnArg::Receiver(_) => false,
    });
    let is_borrowed_of_nothing = match &signature.output {
        ReturnType::Type(_, output) => {
            lends(&output.to_token_stream()) && !takes_reference(signature)
        }
        ReturnType::Default => false,
    };
    is_unsized || is_borrowed_of_nothing
}

/// Whether a type has a reference that is not `'static`.
fn lends(ty: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = ty.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(index, token)| match token {
        TokenTree::Punct(and) if and.as_char() == '&' => {
            let lifetime = tokens.get(index + 2);
            !lifetime.is_some_and(|it| matches!(it, TokenTree::Ident(it) if it == "static"))
        }
        TokenTree::Group(group) => lends(&group.stream()),
        _ => false,
    })
}

fn takes_reference(signature: &Signature) -> bool {
    signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => receiver.reference.is_some(),
        FnArg::Typed(input) => matches!(&*input.ty, Type::Reference(_)),
    })
}

/// A completion takes what was typed so far.
pub(crate) fn check_completion(signature: &Signature, errors: &mut Errors) {
    let takes_value = signature.inputs.iter().any(|input| match input {
        FnArg::Typed(input) => matches!(&*input.pat, Pat::Ident(pat) if pat.ident == "value"),
        FnArg::Receiver(_) => false,
    });
    if !takes_value {
        errors.at(
            &signature.ident,
            "a completion takes what was typed so far as `value`: add `value: &str`",
        );
    }
}

fn refuse_generics(kind: &Kind, generics: &syn::Generics, errors: &mut Errors) {
    let a_name = kind.a_name;
    let why = match kind.what {
        What::Provider => "a handler names it without types",
        _ => "its schema is made of concrete types",
    };
    let of = |is: fn(&&GenericParam) -> bool| generics.params.iter().find(is);
    if let Some(lifetime) = of(|it| matches!(it, GenericParam::Lifetime(_))) {
        errors.at(
            lifetime,
            format!("{a_name} cannot have lifetimes: take owned values, or leave the lifetime out"),
        );
    }
    if let Some(parameter) = of(|it| !matches!(it, GenericParam::Lifetime(_))) {
        errors.at(
            parameter,
            format!("{a_name} cannot be generic: {why}; write one function for each type"),
        );
    }
}

/// The type that the body gives.
pub(crate) fn output(signature: &Signature, owner: Option<&Owner>) -> Type {
    let output = match &signature.output {
        ReturnType::Default => syn::parse_quote!(()),
        ReturnType::Type(_, output) => (**output).clone(),
    };
    without_self(output, owner)
}

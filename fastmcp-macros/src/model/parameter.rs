//! The parameters of a handler: their names on the wire, their types, and how they are passed.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Attribute, Expr, FnArg, Ident, Meta, Pat, PatType, Receiver, Signature, Type, TypeReference,
};

use super::{Kind, Owner, What};
use crate::errors::Errors;
use crate::parse::doc;
use crate::parse::options::Options;

/// One parameter of a handler.
pub(crate) struct Parameter {
    /// Its name in the function.
    pub(crate) ident: Ident,
    /// Its name on the wire.
    pub(crate) name: String,
    /// The type of its value, without the `&`.
    pub(crate) ty: Type,
    /// How the function takes it.
    pub(crate) passing: Passing,
    /// What it means, from its doc comment or `#[arg(description = …)]`.
    pub(crate) description: Option<String>,
    /// The value when a client sends none.
    pub(crate) default: Option<Expr>,
    /// The provider that `#[depends(…)]` names.
    pub(crate) depends: Option<syn::Path>,
}

/// How a function takes a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// `docket: Docket`.
    Value,
    /// `docket: &Docket`, or `text: &str` of a `String`.
    Reference,
    /// `&self` of a `State<Self>`.
    Receiver,
}

/// The spans of the first and of the last token.
pub(crate) fn span_ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    (first, last)
}

/// Reads the parameters; what is wrong with them goes into `errors`.
pub(crate) fn read(
    kind: &Kind,
    signature: &Signature,
    owner: Option<&Owner>,
    errors: &mut Errors,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &signature.inputs {
        match (input, owner) {
            (FnArg::Receiver(it), Some(owner)) => parameters.extend(receiver(it, owner, errors)),
            (FnArg::Receiver(receiver), None) => errors.at(
                receiver,
                format!(
                    "{} is a free function, without `self`: put `#[tools]` on the `impl`, or take \
                     what it shares as `State<…>`",
                    kind.a_name
                ),
            ),
            (FnArg::Typed(input), _) => parameters.extend(one(kind, input, errors)),
        }
    }
    for parameter in &mut parameters {
        parameter.ty = without_self(parameter.ty.clone(), owner);
    }
    parameters
}

/// `&self`, which is the server's state of that type.
fn receiver(receiver: &Receiver, owner: &Owner, errors: &mut Errors) -> Option<Parameter> {
    let is_shared = receiver.reference.is_some() && receiver.mutability.is_none();
    if !is_shared || receiver.colon_token.is_some() {
        errors.at(
            receiver,
            "take `&self`: calls run at the same time and share one value; put what changes into a \
             `Mutex` or an atomic",
        );
        return None;
    }
    let span = receiver.self_token.span;
    let ty = &owner.ty;
    let name = "self".to_owned();
    Some(Parameter {
        ident: Ident::new("this", span),
        name,
        ty: syn::parse_quote_spanned!(span=> __fastmcp::State<#ty>),
        passing: Passing::Receiver,
        description: None,
        default: None,
        depends: None,
    })
}

/// A type in which `Self` is spelled out, so that it can stand outside of the `impl`.
pub(crate) fn without_self(ty: Type, owner: Option<&Owner>) -> Type {
    fn replace(tokens: TokenStream, with: &TokenStream) -> TokenStream {
        let replaced = tokens.into_iter().map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => with.clone(),
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), replace(group.stream(), with));
                inner.set_span(group.span());
                TokenTree::from(inner).into()
            }
            token => token.into(),
        });
        replaced.collect()
    }
    let Some(owner) = owner else { return ty };
    let tokens = replace(ty.to_token_stream(), &owner.ty.to_token_stream());
    syn::parse2(tokens).unwrap_or(ty)
}

fn one(kind: &Kind, input: &PatType, errors: &mut Errors) -> Option<Parameter> {
    let Pat::Ident(pattern) = &*input.pat else {
        errors.at(
            &input.pat,
            "a parameter needs a name of its own: take the whole value, and take it apart in the body",
        );
        return None;
    };
    let ident = pattern.ident.clone();
    let name = ident.unraw().to_string();
    let depends = super::depends::read(&name, &input.attrs, errors);
    let (ty, passing) = passed(kind, &name, &input.ty, errors)?;
    let mut options = arg_options(&input.attrs, errors);
    let description = options
        .as_mut()
        .and_then(|options| options.text("description", errors));
    let default = options
        .as_mut()
        .and_then(|options| options.expr("default", errors));
    if let (Some(default), What::Provider, None) = (&default, kind.what, &depends) {
        errors.at(
            default,
            "a provider's parameters have no defaults: each is a dependency, which is always given",
        );
    }
    if let (Some(default), What::Task) = (&default, kind.what) {
        errors.at(
            default,
            "a task's arguments have no defaults: `docket.add(…)(…)` gives them all",
        );
    }
    let description = description
        .map(|text| text.value())
        .or_else(|| doc::text(&input.attrs));
    Some(Parameter {
        ident,
        name,
        ty,
        passing,
        description,
        default,
        depends,
    })
}

/// The options of `#[arg(…)]`, if the parameter has one.
fn arg_options(attributes: &[Attribute], errors: &mut Errors) -> Option<Options> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("arg"))?;
    match &attribute.meta {
        Meta::List(list) => Some(Options::parse(
            "arg",
            &["description", "default"],
            list.tokens.clone(),
            errors,
        )),
        meta => {
            errors.at(
                meta,
                "`arg` takes options: `#[arg(description = \"…\", default = …)]`",
            );
            None
        }
    }
}

/// The type of the value, and how it is passed; `None` for a type that was refused.
fn passed(kind: &Kind, name: &str, ty: &Type, errors: &mut Errors) -> Option<(Type, Passing)> {
    match ty {
        Type::Paren(inner) => passed(kind, name, &inner.elem, errors),
        Type::Group(inner) => passed(kind, name, &inner.elem, errors),
        Type::ImplTrait(_) => {
            errors.at(
                ty,
                format!("parameter `{name}` needs a concrete type: its schema cannot be made of `impl …`"),
            );
            None
        }
        Type::Reference(reference) => referenced(kind, name, reference, errors),
        _ => Some((ty.clone(), Passing::Value)),
    }
}

fn referenced(
    kind: &Kind,
    name: &str,
    reference: &TypeReference,
    errors: &mut Errors,
) -> Option<(Type, Passing)> {
    let inner = &*reference.elem;
    let owned = owned(inner);
    let spelled = owned.to_token_stream().to_string().replace(' ', "");
    let spelled = spelled.strip_prefix("::std::string::").unwrap_or(&spelled);
    if reference.mutability.is_some() {
        let ways = match kind.what {
            What::Task => format!("`{spelled}`"),
            _ => format!("`{spelled}` or `&{spelled}`"),
        };
        errors.at(
            reference,
            format!(
                "parameter `{name}` cannot be `&mut`: no change made through it would outlive the \
                 call; take {ways}"
            ),
        );
        return None;
    }
    if kind.what == What::Task {
        errors.at(
            reference,
            format!(
                "parameter `{name}` of a task cannot be a reference: it outlives the caller; take \
                 `{spelled}`"
            ),
        );
        return None;
    }
    // Another lifetime is one of the function's, which are refused themselves.
    if let Some(lifetime) = reference
        .lifetime
        .as_ref()
        .filter(|it| it.ident == "static")
    {
        errors.at(
            lifetime,
            format!(
                "parameter `{name}` cannot be `'static`: it is lent for the call; write `&{}`",
                inner.to_token_stream()
            ),
        );
        return None;
    }
    Some((owned, Passing::Reference))
}

/// The owned type that is lent as `&inner`: `str` is lent by a `String`, a slice by a `Vec`.
fn owned(inner: &Type) -> Type {
    match inner {
        Type::Path(path) if path.qself.is_none() && path.path.is_ident("str") => {
            let span = inner.span();
            let string = Ident::new("String", span);
            syn::parse_quote!(::std::string::#string)
        }
        Type::Slice(slice) => {
            let elem = &slice.elem;
            syn::parse_quote!(::std::vec::Vec<#elem>)
        }
        _ => inner.clone(),
    }
}

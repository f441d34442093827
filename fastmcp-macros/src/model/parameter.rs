//! The parameters of a handler: their names on the wire, their types, and how they are passed.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, FnArg, Ident, Meta, Pat, PatType, Receiver, Signature, Type};

mod passing;

pub(crate) use self::passing::Passing;
use self::passing::passed;
use super::limits::Limits;
use super::{Kind, Owner, What};
use crate::errors::Errors;
use crate::parse::doc;
use crate::parse::function::FOREIGN;
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
    /// What values may be, and what else is shown of them.
    pub(crate) limits: Limits,
    /// Where the pattern is that stands in the place of a name, so that it cannot be an argument.
    pub(crate) pattern: Option<Span>,
    /// What the user is asked when a client sends no value.
    pub(crate) ask: Option<syn::LitStr>,
    /// The completion of the argument.
    pub(crate) complete: Option<syn::Path>,
    /// The first and the last token of `#[arg(…)]`, if it is there.
    pub(crate) arg: Option<(Span, Span)>,
}

/// The options of `#[arg(…)]`.
const OPTIONS: &[&str] = &[
    "description",
    "default",
    "rename",
    "min",
    "max",
    "range",
    "length",
    "pattern",
    "examples",
    "deprecated",
    "header",
    "complete",
    "ask",
];

/// The options of `#[arg(…)]` in a task, whose arguments no client sends.
const TASK_OPTIONS: &[&str] = &["description"];

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
            (FnArg::Receiver(receiver), None) => {
                let way = match kind.what {
                    What::Provider | What::Completion => "write it outside of the `impl`, and",
                    _ => "put `#[tools]` on the `impl`, or",
                };
                errors.at(
                    receiver,
                    format!(
                        "{} is a free function, without `self`: {way} take what it shares as \
                         `State<…>`",
                        kind.a_name
                    ),
                );
            }
            (FnArg::Typed(input), _) => parameters.extend(one(kind, input, errors)),
        }
    }
    for parameter in &mut parameters {
        parameter.ty = without_self(parameter.ty.clone(), owner);
    }
    refuse_twins(&parameters, errors);
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
        limits: Limits::default(),
        ask: None,
        complete: None,
        pattern: None,
        arg: None,
    })
}

/// A type in which `Self` is spelled out, so that it can stand outside of the `impl`.
pub(crate) fn without_self(ty: Type, owner: Option<&Owner>) -> Type {
    let Some(owner) = owner else { return ty };
    let tokens = spell_self(ty.to_token_stream(), &owner.ty.to_token_stream());
    syn::parse2(tokens).unwrap_or(ty)
}

/// Tokens in which `with` stands for `Self`.
pub(crate) fn spell_self(tokens: TokenStream, with: &TokenStream) -> TokenStream {
    let spelled = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => with.clone(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), spell_self(group.stream(), with));
            inner.set_span(group.span());
            TokenTree::from(inner).into()
        }
        token => token.into(),
    });
    spelled.collect()
}

/// Two parameters of one name on the wire, or of one header, could not be told apart.
fn refuse_twins(parameters: &[Parameter], errors: &mut Errors) {
    for (index, parameter) in parameters.iter().enumerate() {
        let before = &parameters[..index];
        if let Some(other) = before.iter().find(|other| other.name == parameter.name) {
            let (ident, other) = (&parameter.ident, &other.ident);
            errors.span(
                parameter.arg.map_or_else(|| ident.span(), |(_, last)| last),
                format!(
                    "parameters `{other}` and `{ident}` have one name on the wire, `{}`",
                    parameter.name
                ),
            );
        }
        let header = |parameter: &Parameter| {
            let (_, header) = parameter.limits.header.as_ref()?;
            Some(header.value().to_ascii_lowercase())
        };
        let twin = before
            .iter()
            .find(|other| header(other).is_some() && header(other) == header(parameter));
        if let (Some(other), Some((_, header))) = (twin, &parameter.limits.header) {
            errors.at(
                header,
                format!(
                    "parameter `{}` has the header `{}` already",
                    other.ident,
                    header.value()
                ),
            );
        }
    }
}

/// `TaskKey(key)` is called `taskkey_key`, and `_` is called `unnamed`.
fn named_by_words(pattern: &Pat) -> Ident {
    fn words(tokens: TokenStream, all: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => all.push(ident.unraw().to_string()),
                TokenTree::Group(group) => words(group.stream(), all),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
    let mut all = Vec::new();
    words(pattern.to_token_stream(), &mut all);
    all.retain(|word| word != "_");
    let name = if all.is_empty() {
        "unnamed".to_owned()
    } else {
        all.join("_").to_lowercase()
    };
    Ident::new(&name, span_ends(pattern).0)
}

fn one(kind: &Kind, input: &PatType, errors: &mut Errors) -> Option<Parameter> {
    let (ident, pattern) = match &*input.pat {
        Pat::Ident(named) => (named.ident.clone(), None),
        // What takes a value apart has no name; where types say that it is no argument, it needs
        // none. The words in it are a name for messages.
        pattern => (named_by_words(pattern), Some(span_ends(pattern).0)),
    };
    let name = ident.unraw().to_string();
    let depends = super::depends::read(&name, &input.attrs, errors);
    let (ty, passing) = passed(kind, &name, &input.ty, errors)?;
    refuse_foreign(&name, &input.attrs, errors);
    let arg = input
        .attrs
        .iter()
        .find(|attribute| attribute.path().is_ident("arg"));
    let arg = arg.map(span_ends);
    let mut options = arg_options(kind, &input.attrs, errors).unwrap_or_default();
    let description = options
        .text("description", errors)
        .map(|text| text.value())
        .or_else(|| doc::text(&input.attrs));
    let default = options.expr_or_default("default", errors);
    if let (Some(default), What::Provider, None) = (&default, kind.what, &depends) {
        errors.at(
            default,
            "a provider's parameters have no defaults: each is a dependency, which is always given",
        );
    }
    let rename = options.text("rename", errors);
    if let Some(rename) = rename
        .as_ref()
        .filter(|rename| rename.value().trim().is_empty())
    {
        errors.at(
            rename,
            format!("parameter `{name}` needs a name that is not empty"),
        );
    }
    let name = rename.map_or(name, |rename| rename.value());
    let limits = Limits::read(&mut options, errors);
    let complete = options.path("complete", errors);
    if let (Some(complete), What::Tool) = (&complete, kind.what) {
        errors.at(
            complete,
            "clients complete the arguments of prompts and of resource templates, not those of tools",
        );
    }
    let ask = asked(kind, &mut options, default.is_some(), errors);
    Some(Parameter {
        ident,
        name,
        ty,
        passing,
        description,
        default,
        depends,
        limits,
        pattern,
        ask,
        complete,
        arg,
    })
}

/// `ask = "Which year?"`.
fn asked(
    kind: &Kind,
    options: &mut Options,
    has_default: bool,
    errors: &mut Errors,
) -> Option<syn::LitStr> {
    let ask = options.text("ask", errors)?;
    let refusal = if kind.what != What::Tool {
        "only the arguments of tools are asked for: take a `Context` and ask in the body"
    } else if has_default {
        "an argument with a default is never asked for: take `default` away, or `ask`"
    } else if ask.value().trim().is_empty() {
        "what the user is asked cannot be empty: `ask = \"Which year?\"`"
    } else {
        return Some(ask);
    };
    errors.at(&ask, refusal);
    None
}

/// Refuses attributes of other libraries, which would mean nothing on a parameter.
fn refuse_foreign(name: &str, attributes: &[Attribute], errors: &mut Errors) {
    for attribute in attributes {
        let foreign = FOREIGN
            .iter()
            .find(|(foreign, _)| attribute.path().is_ident(foreign));
        if let Some((foreign, way)) = foreign {
            errors.at(
                attribute,
                format!("`#[{foreign}]` does nothing on parameter `{name}`: {way}"),
            );
        }
    }
}

/// The options of `#[arg(…)]`, if the parameter has one.
fn arg_options(kind: &Kind, attributes: &[Attribute], errors: &mut Errors) -> Option<Options> {
    let mut args = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("arg"));
    let attribute = args.next()?;
    if let Some(second) = args.next() {
        errors.at(second, "a second `#[arg]`: write all options into one");
    }
    let known = match kind.what {
        What::Task | What::Provider | What::Completion => TASK_OPTIONS,
        What::Tool | What::Resource | What::Prompt => OPTIONS,
    };
    match &attribute.meta {
        Meta::List(list) => Some(Options::parse("arg", known, list.tokens.clone(), errors)),
        meta => {
            errors.at(
                meta,
                "`arg` takes options: `#[arg(description = \"…\", default = …)]`",
            );
            None
        }
    }
}

//! The parameters of a handler.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{FnArg, Ident, Pat, PatType, Path, Receiver, Signature, Type};

use crate::errors::Errors;
use crate::model::argument::{self, Argument};
use crate::model::call_argument;
use crate::model::depends;
use crate::model::kind::HandlerKind;
use crate::model::passing::{Passing, passed};
use crate::model::payload;
use crate::model::wire_name;
use crate::parse::doc;
use crate::parse::tokens::{idents, replace_self, span_ends};

/// One parameter of a handler.
pub(crate) struct Parameter {
    /// The name in the function.
    pub(crate) ident: Ident,
    /// The name on the wire.
    pub(crate) name: String,
    /// The type of the value, without the `&`. For `&self`, the type of the `impl` block.
    pub(crate) ty: Type,
    pub(crate) passing: Passing,
    /// The doc comment, or `#[arg(description = …)]`.
    pub(crate) description: Option<String>,
    pub(crate) source: Source,
}

/// The source of a parameter's value.
pub(crate) enum Source {
    /// `&self`: the server's state.
    Receiver,
    /// The provider that `#[depends(…)]` names.
    Provider(Path),
    /// The program, which emits the event: `#[payload]`.
    Payload,
    /// An argument of the call that a provider takes: `#[argument]`.
    CallArgument(Box<Argument>),
    /// A client or the server. The type decides.
    Type(Box<Argument>),
}

impl Parameter {
    /// Returns the properties that apply if the type makes the parameter an argument.
    pub(crate) fn argument(&self) -> Option<&Argument> {
        match &self.source {
            Source::Type(argument) | Source::CallArgument(argument) => Some(argument),
            Source::Receiver | Source::Provider(_) | Source::Payload => None,
        }
    }

    pub(crate) fn is_receiver(&self) -> bool {
        matches!(self.source, Source::Receiver)
    }
}

/// Lists the names on the wire, for error messages.
pub(super) fn names(parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return "no parameters".to_owned();
    }
    let names = parameters
        .iter()
        .map(|parameter| format!("`{}`", parameter.name));
    names.collect::<Vec<_>>().join(", ")
}

/// Reads the parameters, and adds errors to `errors`.
pub(super) fn read(
    kind: HandlerKind,
    signature: &Signature,
    self_type: Option<&Type>,
    errors: &mut Errors,
) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &signature.inputs {
        let parameter = match (input, self_type) {
            (FnArg::Receiver(it), Some(self_type)) => receiver(it, self_type, errors),
            (FnArg::Receiver(receiver), None) => {
                refuse_receiver(kind, receiver, errors);
                None
            }
            (FnArg::Typed(input), _) => parse_parameter(kind, input, errors),
        };
        parameters.extend(parameter);
    }
    if let Some(self_type) = self_type {
        let self_type = self_type.to_token_stream();
        for parameter in &mut parameters {
            let tokens = replace_self(parameter.ty.to_token_stream(), &self_type);
            if let Ok(ty) = syn::parse2(tokens) {
                parameter.ty = ty;
            }
        }
    }
    refuse_duplicates(&parameters, errors);
    parameters
}

/// Reads `&self` of a method.
fn receiver(receiver: &Receiver, self_type: &Type, errors: &mut Errors) -> Option<Parameter> {
    let is_shared = receiver.reference.is_some() && receiver.mutability.is_none();
    if !is_shared || receiver.colon_token.is_some() {
        errors.at(
            receiver,
            "a method must take `&self`, because concurrent calls share one value: put what changes \
             into a `Mutex` or an atomic",
        );
        return None;
    }
    Some(Parameter {
        ident: Ident::new("this", receiver.self_token.span),
        name: "self".to_owned(),
        ty: self_type.clone(),
        passing: Passing::Reference,
        description: None,
        source: Source::Receiver,
    })
}

/// Refuses `self` outside of `#[tools] impl`.
fn refuse_receiver(kind: HandlerKind, receiver: &Receiver, errors: &mut Errors) {
    let handler = kind.with_article();
    let message = match kind {
        HandlerKind::Provider | HandlerKind::Completion | HandlerKind::Event => format!(
            "{handler} cannot take `self`: move the function out of the `impl`, and take shared \
             values as `State<…>`"
        ),
        HandlerKind::Tool | HandlerKind::Resource | HandlerKind::Prompt | HandlerKind::Task => {
            format!(
                "{handler} can take `self` only in an `impl` with `#[tools]`: put `#[tools]` on the \
                 `impl`, or take shared values as `State<…>`"
            )
        }
    };
    errors.at(receiver, message);
}

fn parse_parameter(kind: HandlerKind, input: &PatType, errors: &mut Errors) -> Option<Parameter> {
    let (ident, pattern) = match &*input.pat {
        Pat::Ident(named) => (named.ident.clone(), None),
        // A pattern has no name. Only an argument needs one, and only the type decides whether the
        // parameter is an argument. For messages, a name is made of the identifiers in the pattern.
        pattern => (name_of_pattern(pattern), Some(span_ends(pattern).0)),
    };
    let name = ident.unraw().to_string();
    let provider = depends::read(&name, &input.attrs, errors);
    let is_payload = payload::read(kind, &name, &input.attrs, errors);
    let is_call_argument = call_argument::read(kind, &name, &input.attrs, errors);
    let (ty, passing) = passed(kind, &name, &input.ty, provider.is_some(), errors)?;
    // Most handlers with this argument are tools.
    let listed_in = if is_call_argument {
        HandlerKind::Tool
    } else {
        kind
    };
    let mut read = argument::read(kind, is_call_argument, &name, &input.attrs, errors);
    read.argument.pattern = pattern;
    if read.rename.is_none() && pattern.is_none() {
        let problem = wire_name::of_argument(&name, listed_in);
        read.argument.unlistable = problem.map(|_| ident.span());
    }
    let doc = doc::text(&input.attrs);
    if is_payload {
        return Some(Parameter {
            ident,
            name: payload::NAME.to_owned(),
            ty,
            passing,
            description: doc,
            source: Source::Payload,
        });
    }
    Some(Parameter {
        ident,
        name: read.rename.unwrap_or(name),
        ty,
        passing,
        description: read.description.or(doc),
        source: match provider {
            Some(provider) => Source::Provider(provider),
            None if is_call_argument => Source::CallArgument(Box::new(read.argument)),
            None => Source::Type(Box::new(read.argument)),
        },
    })
}

/// Returns `taskkey_key` for `TaskKey(key)`, and `unnamed` for `_`.
fn name_of_pattern(pattern: &Pat) -> Ident {
    let parts = idents(pattern.to_token_stream());
    let mut parts: Vec<String> = parts.iter().map(|it| it.unraw().to_string()).collect();
    parts.retain(|part| part != "_");
    let name = if parts.is_empty() {
        "unnamed".to_owned()
    } else {
        parts.join("_").to_lowercase()
    };
    Ident::new(&name, span_ends(pattern).0)
}

/// Refuses two parameters with the same name on the wire, or with the same header.
fn refuse_duplicates(parameters: &[Parameter], errors: &mut Errors) {
    for (index, parameter) in parameters.iter().enumerate() {
        let before = &parameters[..index];
        let is_payload = matches!(parameter.source, Source::Payload);
        let same = before.iter().find(|other| other.name == parameter.name);
        // A second payload has an error of its own.
        if let Some(other) = same.filter(|_| !is_payload) {
            let (ident, other) = (&parameter.ident, &other.ident);
            errors.span(
                name_span(parameter),
                format!(
                    "parameters `{other}` and `{ident}` have the same name on the wire, `{}`: \
                     rename one of them",
                    parameter.name
                ),
            );
        }
        let Some(header) = header(parameter) else {
            continue;
        };
        let is_same = |other: &&Parameter| {
            self::header(other).is_some_and(|it| it.value().eq_ignore_ascii_case(&header.value()))
        };
        if let Some(other) = before.iter().find(is_same) {
            errors.at(
                header,
                format!(
                    "parameters `{}` and `{}` have the same header, `{}`: rename one of them",
                    other.ident,
                    parameter.ident,
                    header.value()
                ),
            );
        }
    }
}

/// Returns the span of the name on the wire: that of `#[arg(…)]`, or that of the parameter.
fn name_span(parameter: &Parameter) -> Span {
    let arg = parameter.argument().and_then(|argument| argument.arg);
    arg.map_or_else(|| parameter.ident.span(), |(_, last)| last)
}

fn header(parameter: &Parameter) -> Option<&syn::LitStr> {
    let (_, header) = parameter.argument()?.constraints.header.as_ref()?;
    Some(header)
}

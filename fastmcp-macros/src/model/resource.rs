//! What a `#[resource]` has besides: its URI, whose variables are parameters.

use proc_macro2::{Span, TokenStream};
use syn::LitStr;

use super::Parameter;
use crate::errors::Errors;
use crate::parse::uri;

/// What a `#[resource]` has besides.
pub(crate) struct Resource {
    pub(crate) uri: String,
    pub(crate) parts: Vec<uri::Part>,
    pub(crate) mime_type: Option<String>,
}

impl Resource {
    /// Takes the URI apart; what is wrong with it goes into `errors`.
    pub(super) fn read(
        uri: &LitStr,
        mime_type: Option<String>,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) -> Self {
        let parts = uri::parse(uri).unwrap_or_else(|error| {
            errors.push(error);
            Vec::new()
        });
        check_variables(uri, &parts, parameters, errors);
        Self {
            uri: uri.value(),
            parts,
            mime_type,
        }
    }
}

/// The URI that `#[resource(…)]` starts with, and the tokens after it.
pub(super) fn leading_uri(
    attribute: TokenStream,
    errors: &mut Errors,
) -> (Option<LitStr>, TokenStream) {
    let mut tokens = attribute.clone().into_iter();
    let first = tokens.next();
    let uri = first
        .as_ref()
        .and_then(|first| syn::parse2::<LitStr>(first.clone().into()).ok());
    let Some(uri) = uri else {
        let span = first.map_or_else(Span::call_site, |first| first.span());
        errors.span(
            span,
            "a resource starts with its URI: `#[resource(\"data://users/{id}\")]`",
        );
        return (None, TokenStream::new());
    };
    if let Some(comma) = tokens.next().filter(|token| token.to_string() != ",") {
        errors.span(comma.span(), "expected `,` behind the URI");
        return (Some(uri), TokenStream::new());
    }
    (Some(uri), tokens.collect())
}

/// Every URI variable names a parameter. Whether that is an argument, types decide.
fn check_variables(
    uri: &LitStr,
    parts: &[uri::Part],
    parameters: &[Parameter],
    errors: &mut Errors,
) {
    for variable in parts.iter().flat_map(uri::Part::variables) {
        let filled = parameters
            .iter()
            .find(|parameter| parameter.name == *variable && parameter.depends.is_some());
        if filled.is_some() {
            errors.span(
                uri.span(),
                format!(
                    "URI variable `{{{variable}}}` names a parameter that `#[depends]` fills: take \
                     it out of the URI, or give the parameter another name"
                ),
            );
        }
        if parameters
            .iter()
            .any(|parameter| parameter.name == *variable)
        {
            continue;
        }
        let names: Vec<String> = parameters
            .iter()
            .map(|parameter| format!("`{}`", parameter.name))
            .collect();
        let has = match names.len() {
            0 => "the function has no parameters".to_owned(),
            _ => format!("the function has {}", names.join(", ")),
        };
        errors.span(
            uri.span(),
            format!("URI variable `{{{variable}}}` names no parameter: {has}"),
        );
    }
}

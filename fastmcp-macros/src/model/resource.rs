//! A validated `#[resource]`. Every variable of its URI is a parameter.

use proc_macro2::{Span, TokenStream};
use syn::LitStr;

use crate::errors::Errors;
use crate::model::annotations::{self, Annotation};
use crate::model::metadata::Metadata;
use crate::model::parameter::{Parameter, Source, names};
use crate::model::signature::{Head, Signature};
use crate::model::ui_resource::{self, UiResource};
use crate::parse::options::Options;
use crate::parse::uri::{self, Part};

pub(crate) struct Resource {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
    pub(crate) annotations: Vec<Annotation>,
    pub(crate) mime_type: Option<String>,
    /// The options of a UI resource.
    pub(crate) ui: Option<UiResource>,
    /// The template in the normal form.
    pub(crate) uri: String,
    pub(crate) parts: Vec<Part>,
}

impl Resource {
    /// Validates the function. If `uri` is `None`, `leading_uri` has already reported the error.
    pub(super) fn new(
        uri: Option<&LitStr>,
        head: Head,
        options: &mut Options,
        errors: &mut Errors,
    ) -> Self {
        let metadata = Metadata::read(options, &head, errors);
        let ui = ui_resource::read(uri, options, errors);
        let mime_type = options.text("mime_type", errors);
        let mime_type = ui_resource::mime_type(mime_type.as_ref(), ui.as_ref(), errors);
        let annotations = annotations::of_resource(options, errors);
        let signature = Signature::new(head, errors);
        let parts = uri.map(|uri| {
            let parts = uri::parse(uri).unwrap_or_else(|error| {
                errors.push(error);
                Vec::new()
            });
            check_variables(uri, &parts, &signature.parameters, errors);
            parts
        });
        let parts = parts.unwrap_or_default();
        Self {
            signature,
            metadata,
            annotations,
            mime_type,
            ui,
            uri: parts.iter().map(ToString::to_string).collect(),
            parts,
        }
    }
}

/// Splits `#[resource("uri", …)]` into the URI and the options after it.
pub(super) fn leading_uri(
    attribute: TokenStream,
    errors: &mut Errors,
) -> (Option<LitStr>, TokenStream) {
    let mut tokens = attribute.into_iter();
    let first = tokens.next();
    let uri = first
        .as_ref()
        .and_then(|first| syn::parse2::<LitStr>(first.clone().into()).ok());
    let Some(uri) = uri else {
        let span = first.map_or_else(Span::call_site, |first| first.span());
        errors.span(
            span,
            "`#[resource]` needs a URI as its first argument: `#[resource(\"data://users/{id}\")]`",
        );
        return (None, TokenStream::new());
    };
    if let Some(other) = tokens.next().filter(|token| token.to_string() != ",") {
        errors.span(other.span(), "expected `,` after the URI");
        return (Some(uri), TokenStream::new());
    }
    (Some(uri), tokens.collect())
}

/// Requires that every URI variable names a parameter. The expansion checks that the parameter is an
/// argument, because its type decides that.
fn check_variables(uri: &LitStr, parts: &[Part], parameters: &[Parameter], errors: &mut Errors) {
    for variable in parts.iter().flat_map(Part::variables) {
        let mut named = parameters.iter().filter(|it| it.name == *variable);
        let has_providers = || {
            let mut parameters = parameters.iter();
            parameters.any(|it| matches!(it.source, Source::Provider(_)))
        };
        match named.next() {
            // A provider may take the argument. The start-up checks see all providers.
            None if has_providers() => {}
            None => errors.span(
                uri.span(),
                format!(
                    "URI variable `{{{variable}}}` does not name a parameter; the function has {}",
                    names(parameters)
                ),
            ),
            Some(parameter) if matches!(parameter.source, Source::Provider(_)) => errors.span(
                uri.span(),
                format!(
                    "URI variable `{{{variable}}}` names a parameter with `#[depends]`, which \
                     clients cannot set: remove the variable, or rename the parameter"
                ),
            ),
            Some(_) => {}
        }
    }
}

//! A validated `#[tools] impl Server { … }`: each annotated method is a handler whose `&self` is
//! the server's state.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, FnArg, LitStr, Meta, Path, Type};

use crate::errors::Errors;
use crate::model::handler::Handler;
use crate::model::kind::{HandlerKind, METHOD_KINDS};
use crate::model::metadata::scopes;
use crate::model::refused::{Fallback, Refused};
use crate::model::signature::Site;
use crate::parse::cfg;
use crate::parse::function::Function;
use crate::parse::impl_block::{ImplBlock, Item};
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;
use crate::parse::tokens::replace_self;

/// The block and its items.
pub(crate) struct Block {
    pub(crate) block: ImplBlock,
    pub(crate) items: Vec<BlockItem>,
}

/// One item of the block.
pub(crate) enum BlockItem {
    /// An item without one of the attributes.
    Unchanged(TokenStream),
    /// A method that is a handler.
    Handler(Box<Handler>),
    /// The fallback of a refused method.
    Refused(Fallback),
}

impl Block {
    /// Validates the block. Refused methods stay in it as fallbacks. Adds their errors to `errors`.
    pub(crate) fn new(attribute: TokenStream, mut block: ImplBlock, errors: &mut Errors) -> Self {
        let mut options = Options::parse(Owner::Tools, attribute, errors);
        let root = options.path("crate", errors);
        let scopes = scopes(&mut options, errors);
        check(&block, errors);
        let mut items = Vec::new();
        let mut has_handlers = false;
        for item in std::mem::take(&mut block.items) {
            let function = match item {
                Item::Other(other) => {
                    items.push(BlockItem::Unchanged(quote!(#other)));
                    continue;
                }
                Item::Function(function) => *function,
            };
            let Some((kind, options)) = annotation(&function, errors) else {
                items.push(BlockItem::Unchanged(quote!(#function)));
                continue;
            };
            has_handlers = true;
            let function = without_annotations(function);
            let methods = handlers(
                kind,
                options,
                function,
                &block.self_type,
                root.as_ref(),
                &scopes,
            );
            for method in methods {
                items.push(match method {
                    Ok(handler) => BlockItem::Handler(Box::new(handler)),
                    Err(refused) => {
                        errors.extend(refused.errors);
                        BlockItem::Refused(refused.fallback)
                    }
                });
            }
        }
        if !has_handlers && errors.is_empty() {
            errors.at(
                block.impl_token,
                "no method of this `impl` has an attribute: put `#[tool]`, `#[resource(…)]`, \
                 `#[prompt]` or `#[task]` on the methods that should be handlers",
            );
        }
        Self { block, items }
    }
}

/// Validates a method, once for each form that results from its conditional parameters.
fn handlers(
    kind: HandlerKind,
    options: TokenStream,
    mut function: Function,
    self_type: &Type,
    root: Option<&Path>,
    scopes: &[LitStr],
) -> Vec<Result<Handler, Refused>> {
    let options = replace_self_in_options(options, &mut function, self_type);
    let forms = cfg::forms(function).into_iter().map(|function| {
        let site = Site {
            self_type: Some(self_type.clone()),
            root: root.cloned(),
            scopes: scopes.to_vec(),
        };
        Handler::new(kind, options.clone(), function, site)
    });
    forms.collect()
}

fn check(block: &ImplBlock, errors: &mut Errors) {
    if let Some(of_trait) = &block.of_trait {
        errors.at(
            of_trait,
            "`#[tools]` goes on an inherent `impl`: move the handlers out of the trait's `impl`",
        );
    }
    if let Some(parameter) = block.generics.params.first() {
        errors.at(
            parameter,
            "`#[tools]` cannot go on a generic `impl`, because schemas need concrete types: write one \
             `impl` for each type",
        );
    }
}

/// Returns the kind of the attribute of a method, and its options.
fn annotation(function: &Function, errors: &mut Errors) -> Option<(HandlerKind, TokenStream)> {
    let mut annotations = function
        .attributes
        .iter()
        .filter_map(|attribute| Some((kind_of(attribute)?, attribute)));
    let (kind, attribute) = annotations.next()?;
    if let Some((other, attribute)) = annotations.next() {
        errors.at(
            attribute,
            format!(
                "a method cannot be both {} and {}: remove one of the attributes",
                kind.with_article(),
                other.with_article()
            ),
        );
    }
    let options = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    Some((kind, options))
}

fn without_annotations(mut function: Function) -> Function {
    function.attributes.retain(|it| kind_of(it).is_none());
    function
}

/// Returns the kind of handler that an attribute such as `#[tool]` or `#[some_crate::tool]` declares. A
/// path with more segments is not treated as an attribute of this crate.
fn kind_of(attribute: &Attribute) -> Option<HandlerKind> {
    let segments = &attribute.path().segments;
    let last = segments.last().filter(|_| segments.len() <= 2)?;
    let kind = METHOD_KINDS
        .iter()
        .find(|kind| last.ident == kind.attribute())?;
    Some(*kind)
}

/// Replaces `Self` in the options of a method and of its parameters, because they are expanded outside of
/// the block.
fn replace_self_in_options(
    options: TokenStream,
    function: &mut Function,
    self_type: &Type,
) -> TokenStream {
    let is_plain = matches!(self_type, Type::Path(path) if path.qself.is_none()
        && path.path.segments.iter().all(|segment| segment.arguments.is_none()));
    // In an expression, a path can start with `<Server<u8>>`, but not with `Server<u8>`.
    let server = if is_plain {
        quote!(#self_type)
    } else {
        quote!(<#self_type>)
    };
    for input in &mut function.signature.inputs {
        let attributes = match input {
            FnArg::Receiver(receiver) => &mut receiver.attrs,
            FnArg::Typed(parameter) => &mut parameter.attrs,
        };
        for attribute in attributes {
            if let Meta::List(list) = &mut attribute.meta {
                list.tokens = replace_self(list.tokens.clone(), &server);
            }
        }
    }
    replace_self(options, &server)
}

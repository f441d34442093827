//! The expansion of `#[tools] impl Server { … }`: every annotated method is a handler whose
//! `&self` is the server's state.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, FnArg, Meta, Path, Type};

use super::{component, task};
use crate::errors::Errors;
use crate::model::parameter::spell_self;
use crate::model::{Handler, KINDS, Kind, Owner, What};
use crate::parse::cfg;
use crate::parse::function::Function;
use crate::parse::impl_block::{ImplBlock, Item};
use crate::parse::options::Options;

/// The block without our attributes, and behind it what registers its methods.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let block = match syn::parse2::<ImplBlock>(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            errors.push(error);
            let errors = errors.into_tokens();
            // Spells: the item as it is, and what is wrong with it.
            return quote!(#item #errors);
        }
    };
    let mut options = Options::parse("tools", &["crate"], attribute, &mut errors);
    let root = options.path("crate", &mut errors);
    check(&block, &mut errors);

    let mut items = TokenStream::new();
    let mut registered = TokenStream::new();
    let mut handlers = 0;
    for item in &block.items {
        let function = match item {
            Item::Other(other) => {
                other.to_tokens(&mut items);
                continue;
            }
            Item::Function(function) => function,
        };
        let Some((kind, options, mut function)) = annotated(function, &mut errors) else {
            function.to_tokens(&mut items);
            continue;
        };
        let options = spell_self_in_options(options, &mut function, &block.self_type);
        handlers += 1;
        for function in cfg::forms(function) {
            let mut wrong = Errors::default();
            let owner = owner(&block.self_type, &function.signature.ident);
            let (options, root) = (options.clone(), root.clone());
            let handler = Handler::of(kind, options, function, Some(owner), root, &mut wrong);
            if wrong.is_empty() {
                let (method, block) = parts(&handler, kind.what);
                items.extend(method);
                registered.extend(block);
            } else {
                let method = handler.function.without_our_attributes();
                method.to_tokens(&mut items);
                errors.extend(wrong);
            }
        }
    }
    if handlers == 0 && errors.is_empty() {
        errors.at(
            block.impl_token,
            "no method here is annotated: put `#[tool]`, `#[resource(…)]`, `#[prompt]` or `#[task]` \
             on those that clients should reach",
        );
    }

    let ImplBlock {
        attributes,
        impl_token,
        generics,
        of_trait,
        self_type,
        ..
    } = &block;
    let of_trait = of_trait.as_ref().map(|of_trait| quote!(#of_trait for));
    let (parameters, _, bounds) = generics.split_for_impl();
    let errors = errors.into_tokens();
    // Spells: the block; what registers each method; what is wrong.
    quote! {
        #(#attributes)*
        #impl_token #parameters #of_trait #self_type #bounds {
            #items
        }
        #registered
        #errors
    }
}

/// The method, and the block that registers it.
fn parts(handler: &Handler, what: What) -> (TokenStream, TokenStream) {
    match what {
        What::Task => task::method(handler),
        // `KINDS` has neither providers nor completions: they are functions of their own.
        What::Tool | What::Resource | What::Prompt | What::Provider | What::Completion => {
            let method = handler.function.without_our_attributes();
            (
                method.into_token_stream(),
                component::registration(handler, what),
            )
        }
    }
}

fn check(block: &ImplBlock, errors: &mut Errors) {
    if let Some(of_trait) = &block.of_trait {
        errors.at(
            of_trait,
            "`#[tools]` goes on an inherent `impl`, since a trait's methods are not the server's own",
        );
    }
    if let Some(parameter) = block.generics.params.first() {
        errors.at(
            parameter,
            "`#[tools]` cannot go on a generic `impl`: its tools are made of concrete types",
        );
    }
}

/// The attribute of ours that stands on a method, its options, and the method without it.
fn annotated(
    function: &Function,
    errors: &mut Errors,
) -> Option<(&'static Kind, TokenStream, Function)> {
    let mut ours = function
        .attributes
        .iter()
        .enumerate()
        .filter_map(|(index, attribute)| {
            let last = attribute.path().segments.last()?;
            let kind = KINDS.iter().find(|kind| last.ident == kind.name)?;
            is_ours(attribute.path()).then_some((index, *kind))
        });
    let (index, kind) = ours.next()?;
    if let Some((second, other)) = ours.next() {
        errors.at(
            &function.attributes[second],
            format!(
                "this method is {} already; it cannot be {} too",
                kind.a_name, other.a_name
            ),
        );
    }
    let mut function = function.clone();
    let attribute = function.attributes.remove(index);
    function
        .attributes
        .retain(|other| !KINDS.iter().any(|kind| is_of(other, kind)));
    let options = match attribute.meta {
        Meta::List(list) => list.tokens,
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    Some((kind, options, function))
}

/// Spells `Self` out in the options of a method and of its parameters: what they give stands outside
/// of the block.
fn spell_self_in_options(
    options: TokenStream,
    function: &mut Function,
    self_type: &Type,
) -> TokenStream {
    let is_plain = matches!(self_type, Type::Path(path) if path.qself.is_none()
        && path.path.segments.iter().all(|segment| segment.arguments.is_none()));
    // Spells: `Server`; or `<Server<u8>>`, which may begin a path where `Server<u8>` may not.
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
                list.tokens = spell_self(list.tokens.clone(), &server);
            }
        }
    }
    spell_self(options, &server)
}

fn is_of(attribute: &Attribute, kind: &Kind) -> bool {
    is_ours(attribute.path())
        && attribute
            .path()
            .segments
            .last()
            .is_some_and(|last| last.ident == kind.name)
}

/// `tool`, or `some_crate::tool`; nothing deeper is an attribute of this crate.
fn is_ours(path: &Path) -> bool {
    path.segments.len() <= 2
}

/// Whose method it is, and what its task's type is called.
fn owner(self_type: &Type, method: &Ident) -> Owner {
    let words = self_type
        .to_token_stream()
        .into_iter()
        .filter_map(|token| match token {
            TokenTree::Ident(ident) => Some(ident.to_string()),
            _ => None,
        });
    let name: Vec<String> = words.collect();
    let task = format_ident!(
        "__Fastmcp_{}_{}",
        name.join("_"),
        method,
        span = Span::call_site()
    );
    Owner {
        ty: self_type.clone(),
        task,
    }
}

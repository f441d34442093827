//! Runs the three steps of an attribute: parse, model, expand. Only the first two can report errors.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::errors::Errors;
use crate::expand;
use crate::model::block::Block;
use crate::model::data::Data;
use crate::model::handler::Handler;
use crate::model::kind::HandlerKind;
use crate::model::signature::Site;
use crate::model::signature_rules::is_refused_by_rustc;
#[cfg(feature = "skills")]
use crate::model::skill::Skill;
use crate::parse::cfg;
use crate::parse::function::Function;
use crate::parse::impl_block::ImplBlock;

/// Runs an attribute of a function.
pub(crate) fn function(
    kind: HandlerKind,
    attribute: TokenStream,
    item: TokenStream,
) -> TokenStream {
    let function = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function,
        Err(error) => return with_errors(&item, error.into()),
    };
    if is_refused_by_rustc(&function.signature) {
        return function.without_our_attributes().into_token_stream();
    }
    let handler = match Handler::new(kind, attribute.clone(), function, Site::default()) {
        Ok(handler) => handler,
        Err(refused) => {
            let fallback = expand::fallback(&refused.fallback);
            return with_errors(&fallback, refused.errors);
        }
    };
    let signature = handler.signature();
    let forms = cfg::split(
        &signature.function,
        &signature.root,
        kind.attribute(),
        &attribute,
    );
    forms.unwrap_or_else(|| expand::handler(&handler))
}

/// Runs `#[tools]`.
pub(crate) fn tools(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let block = match syn::parse2::<ImplBlock>(item.clone()) {
        Ok(block) => block,
        Err(error) => return with_errors(&item, error.into()),
    };
    let mut errors = Errors::default();
    let block = Block::new(attribute, block, &mut errors);
    with_errors(&expand::block(&block), errors)
}

/// Runs `#[data]`.
pub(crate) fn data(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let data = Data::new(attribute, item, &mut errors);
    with_errors(&expand::data(&data), errors)
}

/// Runs `#[skill]`.
#[cfg(feature = "skills")]
pub(crate) fn skill(attribute: TokenStream, item: TokenStream) -> TokenStream {
    // Cargo and rust-analyzer set it for every crate that they compile.
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    match Skill::new(attribute, item.clone(), manifest.as_ref()) {
        Ok(skill) => expand::skill(&skill),
        Err(errors) => with_errors(&item, errors),
    }
}

/// Emits the item even if there are errors, so that uses of the item do not cause further errors.
fn with_errors(item: &TokenStream, errors: Errors) -> TokenStream {
    let errors = errors.into_tokens();
    // Expands to: the item, and a `compile_error!` for each error.
    quote!(#item #errors)
}

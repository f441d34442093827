//! A validated `#[task]`.

use proc_macro2::Span;
use quote::{ToTokens, format_ident};
use syn::Ident;

use crate::errors::Errors;
use crate::model::policy::Policy;
use crate::model::signature::{Head, Signature};
use crate::parse::options::Options;
use crate::parse::tokens::idents;

pub(crate) struct Task {
    pub(crate) signature: Signature,
    /// The name of the type that represents the task.
    pub(crate) ident: Ident,
    pub(crate) policy: Policy,
}

impl Task {
    /// Validates the function. Errors in the options and errors in the signature are collected
    /// separately, because a task with a valid signature is expanded even if its options are refused.
    pub(super) fn new(
        head: Head,
        options: &mut Options,
        option_errors: &mut Errors,
        signature_errors: &mut Errors,
    ) -> Self {
        let signature = Signature::new(head, signature_errors);
        let policy = Policy::read(options, &signature.parameters, option_errors);
        Self {
            ident: type_name(&signature),
            policy,
            signature,
        }
    }
}

/// Returns the name of the type that represents the task: the name of the function. For a method, the type
/// is defined outside of the `impl` block, so the name also contains the type of the block.
fn type_name(signature: &Signature) -> Ident {
    let method = signature.ident();
    let Some(self_type) = &signature.self_type else {
        return method.clone();
    };
    let parts = idents(self_type.to_token_stream());
    let parts: Vec<String> = parts.iter().map(Ident::to_string).collect();
    format_ident!(
        "__Fastmcp_{}_{}",
        parts.join("_"),
        method,
        span = Span::call_site()
    )
}

//! A validated `#[completion]`.

use syn::{FnArg, Pat};

use crate::errors::Errors;
use crate::model::metadata::Metadata;
use crate::model::signature::{Head, Signature};
use crate::parse::options::Options;

pub(crate) struct Completion {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
}

impl Completion {
    pub(super) fn new(head: Head, options: &mut Options, errors: &mut Errors) -> Self {
        let metadata = Metadata::read(options, &head, errors);
        require_value(&head.function.signature, errors);
        let signature = Signature::new(head, errors);
        Self {
            signature,
            metadata,
        }
    }
}

/// Requires the parameter `value`. rustc checks its type.
fn require_value(signature: &syn::Signature, errors: &mut Errors) {
    let takes_value = signature.inputs.iter().any(|input| match input {
        FnArg::Typed(input) => matches!(&*input.pat, Pat::Ident(pat) if pat.ident == "value"),
        FnArg::Receiver(_) => false,
    });
    if !takes_value {
        errors.at(
            &signature.ident,
            "a completion needs a parameter `value`, the text typed so far: add `value: &str`",
        );
    }
}

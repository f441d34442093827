//! A validated `#[event]`.

use crate::errors::Errors;
use crate::model::metadata::Metadata;
use crate::model::parameter::{Parameter, Source};
use crate::model::signature::{Head, Signature};
use crate::parse::options::Options;

pub(crate) struct Event {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
    /// The position of the parameter with `#[payload]`.
    pub(crate) payload: usize,
}

impl Event {
    pub(super) fn new(head: Head, options: &mut Options, errors: &mut Errors) -> Self {
        let metadata = Metadata::read(options, &head, errors);
        let had_errors = !errors.is_empty();
        let signature = Signature::new(head, errors);
        let is_payload = |it: &&Parameter| matches!(it.source, Source::Payload);
        let mut payloads = signature.parameters.iter().filter(is_payload);
        let first = payloads.next();
        // A refused parameter may have been the payload.
        if first.is_none() && (had_errors || errors.is_empty()) {
            errors.span(
                signature.ident().span(),
                "an event needs a payload, the data that its subscribers receive: write `#[payload]` \
                 before one parameter, as in `#[payload] build: &Build`",
            );
        }
        if let (Some(first), Some(second)) = (first, payloads.next()) {
            errors.span(
                second.ident.span(),
                format!(
                    "parameters `{}` and `{}` both have `#[payload]`: put both into one struct",
                    first.ident, second.ident
                ),
            );
        }
        let payload = signature
            .parameters
            .iter()
            .position(|it| matches!(it.source, Source::Payload));
        Self {
            payload: payload.unwrap_or_default(),
            metadata,
            signature,
        }
    }
}

//! A validated `#[prompt]`.

use crate::errors::Errors;
use crate::model::metadata::Metadata;
use crate::model::signature::{Head, Signature};
use crate::parse::options::Options;

pub(crate) struct Prompt {
    pub(crate) signature: Signature,
    pub(crate) metadata: Metadata,
}

impl Prompt {
    pub(super) fn new(head: Head, options: &mut Options, errors: &mut Errors) -> Self {
        Self {
            metadata: Metadata::read(options, &head, errors),
            signature: Signature::new(head, errors),
        }
    }
}

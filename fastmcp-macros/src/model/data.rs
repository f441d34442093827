//! A validated `#[data]`.

use proc_macro2::TokenStream;
use syn::Path;

use crate::errors::Errors;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;

/// An item with `#[data]`.
pub(crate) struct Data {
    /// The path of the `fastmcp` crate.
    pub(crate) root: Path,
    pub(crate) item: TokenStream,
}

impl Data {
    pub(crate) fn new(attribute: TokenStream, item: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Options::parse(Owner::Data, attribute, errors);
        let root = options.path("crate", errors);
        Self {
            root: root.unwrap_or_else(|| syn::parse_quote!(::fastmcp)),
            item,
        }
    }
}

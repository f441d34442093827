//! A validated `#[data]`.

use proc_macro2::TokenStream;
use syn::Path;

use crate::errors::Errors;
use crate::model::field_limits::LimitedType;
use crate::model::form_type::FormType;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;

/// An item with `#[data]`.
pub(crate) struct Data {
    /// The path of the `fastmcp` crate.
    pub(crate) root: Path,
    pub(crate) item: TokenStream,
    /// The item with the limits of its fields, if it has any.
    pub(crate) limited: Option<LimitedType>,
    /// The item as a type that users can be asked for.
    pub(crate) form_type: Option<FormType>,
}

impl Data {
    pub(crate) fn new(attribute: TokenStream, item: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Options::parse(Owner::Data, attribute, errors);
        let root = options.path("crate", errors);
        Self {
            root: root.unwrap_or_else(|| syn::parse_quote!(::fastmcp)),
            limited: LimitedType::parse(&item),
            form_type: FormType::parse(&item),
            item,
        }
    }
}

//! The expansion of `#[data]`: three derives that work without a dependency on `serde` and `schemars`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::{field_limits, form_type};
use crate::model::data::Data;
use crate::parse::tokens::compact;

pub(super) fn expand(data: &Data) -> TokenStream {
    let Data {
        root,
        item,
        limited,
        form_type,
    } = data;
    let limited = limited
        .as_ref()
        .map(|limited| field_limits::expand(root, limited));
    let item = limited.as_ref().unwrap_or(item);
    // The derives take the path of their crate as a string.
    let path = compact(root);
    let (serde, schemars) = (format!("{path}::serde"), format!("{path}::schemars"));
    let form_type = form_type.as_ref().map(|it| form_type::expand(root, it));
    // Expands to: the derives, each with the path of its crate, the item, and the implementation of
    // `FormType`.
    quote! {
        #[derive(
            #root::serde::Serialize,
            #root::serde::Deserialize,
            #root::schemars::JsonSchema,
        )]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #item

        #form_type
    }
}

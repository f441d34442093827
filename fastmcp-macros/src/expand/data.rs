//! The expansion of `#[data]`: three derives that need no dependency but `fastmcp`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

use crate::errors::Errors;
use crate::parse::options::Options;

/// The item, with the derives in front.
pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut options = Options::parse("data", &["crate"], attribute, &mut errors);
    let root: Path = options
        .path("crate", &mut errors)
        .unwrap_or_else(|| syn::parse_quote!(::fastmcp));
    let errors = errors.into_tokens();
    // A derive takes the path of its crate as text.
    let spelled = root.to_token_stream().to_string().replace(' ', "");
    let (serde, schemars) = (format!("{spelled}::serde"), format!("{spelled}::schemars"));
    // Spells: the three derives, each told where its crate is, and the item.
    quote! {
        #errors
        #[derive(
            #root::serde::Serialize,
            #root::serde::Deserialize,
            #root::schemars::JsonSchema,
        )]
        #[serde(crate = #serde)]
        #[schemars(crate = #schemars)]
        #item
    }
}

//! The expansion of the entry that tools, resources, prompts and completions register.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::literal::option;
use super::metadata;
use crate::model::metadata::Metadata;
use crate::model::signature::Signature;

/// Expands to: `Entry { name: "…", … }`. `own` contains the fields for options of this kind of handler only.
pub(super) fn entry(
    signature: &Signature,
    metadata: &Metadata,
    own: Vec<TokenStream>,
) -> TokenStream {
    let name = &signature.name;
    let title = option(metadata.title.as_ref());
    let description = option(metadata.description.as_ref());
    let tags = &metadata.tags;
    let options = metadata::options(metadata, own);
    let line = quote_spanned!(signature.ident().span()=> ::core::line!());
    quote! {
        __fastmcp::Entry {
            name: #name,
            title: #title,
            description: #description,
            location: __fastmcp::Location::new(::core::file!(), #line, ::core::module_path!()),
            parameters: &__FASTMCP_PARAMETERS,
            tags: &[#(#tags),*],
            options: #options,
            call: __fastmcp_call,
        }
    }
}

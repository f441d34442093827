//! Literals that several expansions contain.

use proc_macro2::TokenStream;
use quote::quote;

use crate::parse::options::value::Json;

/// Expands to: `Some("…")`, or `None`.
pub(super) fn option(value: Option<&String>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Expands to: `Some(|| expression)`, or `None`.
pub(super) fn lazy_option(value: Option<&TokenStream>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(|| #value)),
        None => quote!(::core::option::Option::None),
    }
}

/// Expands to an expression of type `serde_json::Value`.
pub(super) fn json(json: &Json) -> TokenStream {
    match json {
        // Expands to: `json!({ … })`.
        Json::Literal(tokens) => quote!(__fastmcp::serde_json::json!(#tokens)),
        // Expands to: `to_json(&expression)`.
        Json::Expr(expr) => quote!(__fastmcp::to_json(&#expr)),
    }
}

//! What an expansion says of a handler's options: those that were given, and no others.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, Lit};

use crate::model::about::{About, Background, OutputSchema};
use crate::parse::options::Json;

/// Spells: `EntryOptions { timeout: Some(|| …), ..EntryOptions::NONE }`.
pub(crate) fn options(about: &About) -> TokenStream {
    let mut fields = Vec::new();
    if let Some(enabled) = &about.enabled {
        // Spells: `enabled: Some(|| expression)`.
        fields.push(quote!(enabled: ::core::option::Option::Some(|| #enabled)));
    }
    if let Some(timeout) = &about.timeout {
        // Spells: `timeout: Some(|| expression)`.
        fields.push(quote!(timeout: ::core::option::Option::Some(|| #timeout)));
    }
    if !about.icons.is_empty() {
        let icons = about.icons.iter().map(icon);
        // Spells: `icons: Some(|| vec![Icon::new("…")])`.
        fields.push(quote!(icons: ::core::option::Option::Some(|| ::std::vec![#(#icons),*])));
    }
    if let Some(meta) = &about.meta {
        let meta = json(meta);
        // Spells: `meta: Some(|| json!({ … }))`.
        fields.push(quote!(meta: ::core::option::Option::Some(|| #meta)));
    }
    if let Some(lenient) = &about.lenient {
        // Spells: `lenient: true`.
        fields.push(quote!(lenient: #lenient));
    }
    if let Some(background) = &about.background {
        let Background {
            required,
            poll,
            ttl,
        } = background;
        let (poll, ttl) = (span(poll.as_ref()), span(ttl.as_ref()));
        // Spells: `task: Some(TaskOptions { required: false, poll: None, ttl: Some(|| …) })`.
        fields.push(quote!(
            task: ::core::option::Option::Some(__fastmcp::TaskOptions {
                required: #required,
                poll: #poll,
                ttl: #ttl,
            })
        ));
    }
    if fields.is_empty() {
        return quote!(__fastmcp::EntryOptions::NONE);
    }
    quote!(__fastmcp::EntryOptions { #(#fields,)* ..__fastmcp::EntryOptions::NONE })
}

/// Spells: `Some(|| expression)`, or `None`.
fn span(expression: Option<&TokenStream>) -> TokenStream {
    match expression {
        Some(expression) => quote!(::core::option::Option::Some(|| #expression)),
        None => quote!(::core::option::Option::None),
    }
}

/// Spells: `ToolHints { read_only: Some(true), ..ToolHints::NONE }`; `ty` is the type.
pub(crate) fn hints(about: &About, ty: &str) -> TokenStream {
    let ty = syn::Ident::new(ty, proc_macro2::Span::call_site());
    if about.hints.is_empty() {
        return quote!(__fastmcp::#ty::NONE);
    }
    let names = about.hints.iter().map(|(name, _)| name);
    let values = about.hints.iter().map(|(_, value)| value);
    // Where all are given, clippy would call the rest needless.
    quote!({
        #[allow(clippy::needless_update)]
        const HINTS: __fastmcp::#ty = __fastmcp::#ty {
            #(#names: #values,)*
            ..__fastmcp::#ty::NONE
        };
        HINTS
    })
}

/// Spells: `Some(|| json!({ … }))`, or `None`.
pub(crate) fn input_schema(about: &About) -> TokenStream {
    match &about.input_schema {
        Some(schema) => {
            let schema = json(schema);
            quote!(::core::option::Option::Some(|| #schema))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// Spells: `OutputSchema::new(SINK.schema)`, or `OutputSchema::declared(…)`.
pub(crate) fn output_schema(about: &About) -> TokenStream {
    match &about.output_schema {
        // Spells: `OutputSchema::declared(schema_of::<Type>)`.
        Some(OutputSchema::Of(ty)) => {
            quote!(__fastmcp::OutputSchema::declared(__fastmcp::schema_of::<#ty>))
        }
        // Spells: `OutputSchema::declared(|| json!({ … }))`.
        Some(OutputSchema::Given(schema)) => {
            let schema = json(schema);
            quote!(__fastmcp::OutputSchema::declared(|| #schema))
        }
        None => quote!(__fastmcp::OutputSchema::new(__FASTMCP_SINK.schema)),
    }
}

/// An expression that gives a `serde_json::Value`.
fn json(json: &Json) -> TokenStream {
    match json {
        // Spells: `json!({ … })`.
        Json::Literal(tokens) => quote!(__fastmcp::serde_json::json!(#tokens)),
        // Spells: `to_json(&expression)`.
        Json::Expr(expr) => quote!(__fastmcp::to_json(&#expr)),
    }
}

/// An expression that gives an `Icon`: of a URL, or as it is.
fn icon(expr: &Expr) -> TokenStream {
    match expr {
        // Spells: `Icon::new("https://…")`.
        Expr::Lit(ExprLit {
            lit: Lit::Str(url), ..
        }) => quote!(__fastmcp::Icon::new(#url)),
        expr => quote!(#expr),
    }
}

//! The expansion of metadata. It contains only the fields of the options that were given.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprLit, Lit};

use super::duration;
use super::literal::{json, lazy_option};
use super::size;
use super::ui;
use crate::model::annotations::{Annotation, AnnotationValue};
use crate::model::metadata::Metadata;
use crate::model::resource::Resource;
use crate::model::tool::{Heartbeat, OutputSchema, Schemas, Tool, WideIntegers};

/// Expands to: `EntryOptions { timeout: Some(|| …), ..EntryOptions::NONE }`. `own` contains the fields for
/// options of this kind of handler only.
pub(super) fn options(metadata: &Metadata, own: Vec<TokenStream>) -> TokenStream {
    let mut fields = Vec::new();
    if let Some(enabled) = &metadata.enabled {
        // Expands to: `enabled: Some(|| expression)`.
        fields.push(quote!(enabled: ::core::option::Option::Some(|| #enabled)));
    }
    if let Some(timeout) = &metadata.timeout {
        let timeout = duration::expression(timeout);
        // Expands to: `timeout: Some(|| expression)`.
        fields.push(quote!(timeout: ::core::option::Option::Some(|| #timeout)));
    }
    if !metadata.icons.is_empty() {
        let icons = metadata.icons.iter().map(icon);
        // Expands to: `icons: Some(|| vec![Icon::new("…")])`.
        fields.push(quote!(icons: ::core::option::Option::Some(|| ::std::vec![#(#icons),*])));
    }
    if let Some(meta) = &metadata.meta {
        let meta = json(meta);
        // Expands to: `meta: Some(|| json!({ … }))`.
        fields.push(quote!(meta: ::core::option::Option::Some(|| #meta)));
    }
    if !metadata.scopes.is_empty() {
        let scopes = &metadata.scopes;
        // Expands to: `scopes: &["orders:read"]`.
        fields.push(quote!(scopes: &[#(#scopes),*]));
    }
    fields.extend(own);
    if fields.is_empty() {
        return quote!(__fastmcp::EntryOptions::NONE);
    }
    quote!(__fastmcp::EntryOptions { #(#fields,)* ..__fastmcp::EntryOptions::NONE })
}

/// Expands to the fields of `EntryOptions` that only tools have.
pub(super) fn tool_options(tool: &Tool) -> Vec<TokenStream> {
    let mut fields = Vec::new();
    if let Some(strict) = &tool.strict {
        // Expands to: `strict: Some(true)`.
        fields.push(quote!(strict: ::core::option::Option::Some(#strict)));
    }
    if let Some(ignore) = &tool.ignore_unknown {
        // Expands to: `ignore_unknown: Some(true)`.
        fields.push(quote!(ignore_unknown: ::core::option::Option::Some(#ignore)));
    }
    if let Some(heartbeat) = &tool.heartbeat {
        let heartbeat = match heartbeat {
            Heartbeat::Off => quote!(Off),
            Heartbeat::On => quote!(On),
            Heartbeat::Every(every) => {
                let every = duration::expression(every);
                quote!(Every(|| #every))
            }
        };
        // Expands to: `heartbeat: Some(Heartbeat::Every(|| …))`.
        fields.push(quote!(
            heartbeat: ::core::option::Option::Some(__fastmcp::Heartbeat::#heartbeat)
        ));
    }
    if let Some(size) = &tool.max_answer {
        let size = size::expression(size);
        // Expands to: `max_answer: Some(|| 100000usize)`.
        fields.push(quote!(max_answer: ::core::option::Option::Some(|| #size)));
    }
    if !tool.allow.0.is_empty() {
        let codes = &tool.allow.0;
        // Expands to: `allow: &["wide-integer"]`.
        fields.push(quote!(allow: &[#(#codes),*]));
    }
    if let Some(schemas) = tool.schemas {
        let form = match schemas {
            Schemas::Exact => quote!(Exact),
            Schemas::Portable => quote!(Portable),
        };
        // Expands to: `schemas: Some(Schemas::Exact)`.
        fields.push(quote!(schemas: ::core::option::Option::Some(__fastmcp::Schemas::#form)));
    }
    if let Some(form) = tool.wide_integers {
        let form = match form {
            WideIntegers::Text => quote!(Text),
            WideIntegers::Number => quote!(Number),
        };
        // Expands to: `wide_integers: Some(WideIntegers::Text)`.
        fields.push(quote!(
            wide_integers: ::core::option::Option::Some(__fastmcp::WideIntegers::#form)
        ));
    }
    if let Some(background) = &tool.background {
        let required = background.required;
        let [poll, ttl] = [&background.poll, &background.ttl].map(|duration| {
            let expression = duration.as_ref().map(duration::expression);
            lazy_option(expression.as_ref())
        });
        // Expands to: `task: Some(TaskOptions { required: false, poll: None, ttl: Some(|| …) })`.
        fields.push(quote!(
            task: ::core::option::Option::Some(__fastmcp::TaskOptions {
                required: #required,
                poll: #poll,
                ttl: #ttl,
            })
        ));
    }
    if let Some(ui) = &tool.ui {
        let ui = ui::of_tool(ui);
        // Expands to: `tool_ui: Some(ToolUi { resource: Some("ui://…"), visibility: UiVisibility::AppOnly })`.
        fields.push(quote!(tool_ui: ::core::option::Option::Some(#ui)));
    }
    fields
}

/// Expands to the fields of `EntryOptions` that only resources have.
pub(super) fn resource_options(resource: &Resource) -> Vec<TokenStream> {
    let ui = resource.ui.as_ref().map(|ui| {
        let ui = ui::of_resource(ui);
        // Expands to: `ui_resource: Some(UiResource { csp: Some(|| …), … })`.
        quote!(ui_resource: ::core::option::Option::Some(#ui))
    });
    ui.into_iter().collect()
}

/// Expands to: `ToolHints { read_only: Some(true), ..ToolHints::NONE }`, where `ty` is the type.
pub(super) fn hints(annotations: &[Annotation], ty: &TokenStream) -> TokenStream {
    if annotations.is_empty() {
        return quote!(__fastmcp::#ty::NONE);
    }
    let names = annotations.iter().map(|annotation| &annotation.name);
    let values = annotations
        .iter()
        .map(|annotation| match &annotation.value {
            // Expands to: `Some(true)`.
            AnnotationValue::One(expr) => quote!(::core::option::Option::Some(#expr)),
            // Expands to: `&["user"]`.
            AnnotationValue::Many(exprs) => quote!(&[#(#exprs),*]),
        });
    // If all fields are given, clippy reports the base as needless.
    quote!({
        #[allow(clippy::needless_update)]
        const HINTS: __fastmcp::#ty = __fastmcp::#ty {
            #(#names: #values,)*
            ..__fastmcp::#ty::NONE
        };
        HINTS
    })
}

/// Expands to: `Some(|| json!({ … }))`, or `None`.
pub(super) fn input_schema(tool: &Tool) -> TokenStream {
    let schema = tool.input_schema.as_ref().map(json);
    lazy_option(schema.as_ref())
}

/// Expands to: `OutputSchema::new(SINK.schema)`, or `OutputSchema::declared(…)`.
pub(super) fn output_schema(tool: &Tool) -> TokenStream {
    match &tool.output_schema {
        // Expands to: `OutputSchema::declared_type(schema_of::<Type>)`.
        Some(OutputSchema::Type(ty)) => {
            quote!(__fastmcp::OutputSchema::declared_type(__fastmcp::schema_of::<#ty>))
        }
        // Expands to: `OutputSchema::declared(|| json!({ … }))`.
        Some(OutputSchema::Json(schema)) => {
            let schema = json(schema);
            quote!(__fastmcp::OutputSchema::declared(|| #schema))
        }
        None => quote!(__fastmcp::OutputSchema::new(__FASTMCP_SINK.schema)),
    }
}

/// Expands to an expression of type `Icon`.
fn icon(expr: &Expr) -> TokenStream {
    match expr {
        // Expands to: `Icon::new("https://…")`.
        Expr::Lit(ExprLit {
            lit: Lit::Str(url), ..
        }) => quote!(__fastmcp::Icon::new(#url)),
        expr => quote!(#expr),
    }
}

//! The expansion of the options of MCP Apps.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Expr;

use super::literal::{lazy_option, option};
use crate::model::tool_ui::{ToolUi, Visibility};
use crate::model::ui_resource::{Csp, UiResource};

/// Expands to: `ToolUi { resource: Some("ui://…"), visibility: UiVisibility::AppOnly }`.
pub(super) fn of_tool(ui: &ToolUi) -> TokenStream {
    let resource = option(ui.resource.as_ref());
    let visibility = match ui.visibility {
        Visibility::ModelAndApp => quote!(ModelAndApp),
        Visibility::AppOnly => quote!(AppOnly),
        Visibility::ModelOnly => quote!(ModelOnly),
    };
    quote! {
        __fastmcp::ToolUi {
            resource: #resource,
            visibility: __fastmcp::UiVisibility::#visibility,
        }
    }
}

/// Expands to: `UiResource { csp: Some(|| …), permissions: &[UiPermission::Camera], … }`.
pub(super) fn of_resource(ui: &UiResource) -> TokenStream {
    let csp = ui.csp.as_ref().map(csp);
    let csp = lazy_option(csp.as_ref());
    let permissions = ui.permissions.iter();
    let permissions = permissions.map(|variant| Ident::new(variant, Span::call_site()));
    let domain = ui.domain.as_ref().map(string);
    let domain = lazy_option(domain.as_ref());
    let prefers_border = ui.prefers_border.as_ref().map(|it| quote!(#it));
    let prefers_border = lazy_option(prefers_border.as_ref());
    quote! {
        __fastmcp::UiResource {
            csp: #csp,
            permissions: &[#(__fastmcp::UiPermission::#permissions),*],
            domain: #domain,
            prefers_border: #prefers_border,
        }
    }
}

/// Expands to: `UiCsp { connect: vec![String::from("https://…")], … }`.
fn csp(csp: &Csp) -> TokenStream {
    let [connect, resource, frame, base_uri] =
        [&csp.connect, &csp.resource, &csp.frame, &csp.base_uri].map(|origins| {
            let origins = origins.iter().map(string);
            quote!(::std::vec![#(#origins),*])
        });
    quote! {
        __fastmcp::UiCsp {
            connect: #connect,
            resource: #resource,
            frame: #frame,
            base_uri: #base_uri,
        }
    }
}

/// Expands to: `String::from(expression)`.
fn string(expr: &Expr) -> TokenStream {
    quote!(::std::string::String::from(#expr))
}

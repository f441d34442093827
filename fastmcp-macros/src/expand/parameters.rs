//! The expansion of parameters: the type, the row in the table, the source of the values and the
//! registered entry.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::completed::completed;
use super::literal::option;
use super::names::{Names, unspanned};
use super::row::Table;
use super::{constraints, depends};
use crate::model::parameter::{Parameter, Source};
use crate::model::passing::Passing;
use crate::model::signature::Signature;
use crate::parse::tokens::{idents, span_ends};

/// Expands to: the items of every parameter, and the array of their entries.
pub(super) fn parameter_items(signature: &Signature, table: Table<'_>) -> TokenStream {
    let parameters = signature.parameters.iter().enumerate();
    let items = parameters
        .clone()
        .map(|(index, parameter)| parameter_item(table, &Names::new(index), parameter));
    let entries = parameters.map(|(index, parameter)| entry(&Names::new(index), parameter));
    let count = signature.parameters.len();
    let depends = depends::imports(signature);
    let rows = (0..count).map(|index| Names::new(index).row);
    // Expands to: the items; `static __FASTMCP_PARAMETERS: [ParameterEntry; 2] = [ … ];`;
    // `const __FASTMCP_ACCEPTED: bool`, which is `true` if no parameter is refused.
    quote! {
        #depends
        #(#items)*
        static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; #count] = [#(#entries),*];
        const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[#(#rows),*]);
    }
}

fn parameter_item(table: Table<'_>, names: &Names, parameter: &Parameter) -> TokenStream {
    match &parameter.source {
        Source::Provider(provider) => {
            depends::parameter_item(table.is_shared(), names, parameter, provider)
        }
        Source::Receiver => {
            let (span, ty) = (parameter.ident.span(), &parameter.ty);
            // Expands to: `State<Server>`, with the span of `self`.
            let state = syn::parse_quote_spanned!(span=> __fastmcp::State<#ty>);
            from_type(table, names, parameter, &state)
        }
        Source::Type(argument) => {
            let items = from_type(table, names, parameter, &parameter.ty);
            let is_task = matches!(table, Table::Task);
            let constraints = constraints::items(names, &parameter.ident, argument, is_task);
            quote!(#items #constraints)
        }
    }
}

/// Expands to: the items of a parameter whose type, `declared`, decides the source of its value.
fn from_type(
    table: Table<'_>,
    names: &Names,
    parameter: &Parameter,
    declared: &Type,
) -> TokenStream {
    let Names {
        ty, row, source, ..
    } = names;
    let number = table.row(ty, parameter);
    let (first, last) = span_ends(declared);
    let of_trait = quote_spanned!(first=> __fastmcp::Parameter);
    // Inside `source`, the name of the parameter is the name of a type parameter. If the user's type
    // mentions this name too, as in `clock: clock::Clock`, the alias avoids the ambiguity.
    let is_mentioned = idents(declared.to_token_stream()).contains(&parameter.ident);
    let spelled = if is_mentioned {
        Ident::new(&ty.to_string(), first).into_token_stream()
    } else {
        declared.to_token_stream()
    };
    let named = unspanned(&parameter.ident);
    let item = quote_spanned!(last=> SOURCE);
    // Expands to: `<Type as Parameter<ROW, query>>::SOURCE`, with the span of the type.
    let selected = quote_spanned!(first=> <#spelled as #of_trait<#row, #named>>::#item);
    let value = Ident::new("value", Span::mixed_site());
    let default = parameter.argument().and_then(|it| it.default.as_ref());
    let default = default.map(|default| {
        // Expands to: `.with_default(|| Some(default))`, where `default` has the parameter's type.
        quote!(.with_default(|| ::core::option::Option::Some({ let #value: #ty = #default; #value })))
    });
    // Expands to: an alias of the type, which no name of the user can shadow; the row; the source. The
    // type parameter has the name of the parameter, so that rustc's messages name the parameter.
    quote! {
        type #ty = #declared;
        const #row: u8 = #number;
        const #source: __fastmcp::Source<#ty> = {
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn source<#named>() -> __fastmcp::Source<#ty> {
                #selected
            }
            source::<()>() #default
        };
    }
}

/// Expands to: `SOURCE.entry("query", Some("The search terms"), None)`.
fn entry(names: &Names, parameter: &Parameter) -> TokenStream {
    let Names { ty, source, .. } = names;
    let name = &parameter.name;
    let description = option(parameter.description.as_ref());
    let Some(argument) = parameter.argument() else {
        let none = quote!(::core::option::Option::None);
        let entry = quote!(#source.entry(#name, #description, #none));
        return match (&parameter.source, parameter.passing) {
            // Expands to: `SOURCE.entry(…).borrowed::<Pool>()`.
            (Source::Provider(_), Passing::Reference) => quote!(#entry.borrowed::<#ty>()),
            _ => entry,
        };
    };
    let value = Ident::new("value", Span::mixed_site());
    let default = argument.default.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        // Expands to: `Some(|| to_json(default))`.
        |default| {
            quote!(::core::option::Option::Some(|| {
                let #value: #ty = #default;
                __fastmcp::to_json(&#value)
            }))
        },
    );
    let limited = constraints::with_constraints(names, &argument.constraints);
    let completed = completed(argument.complete.as_ref());
    // Expands to: `.with_question("Which year?")`.
    let asked = argument
        .ask
        .as_ref()
        .map(|ask| quote!(.with_question(#ask)));
    quote!(#source.entry(#name, #description, #default) #limited #completed #asked)
}

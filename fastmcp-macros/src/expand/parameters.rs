//! The expansion of parameters: the type, the row in the table, the source of the values and the
//! registered entry.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, Type};

use super::call_argument;
use super::check::Check;
use super::completed::completed;
use super::literal::option;
use super::names::{Names, unspanned};
use super::row::Table;
use super::{constraints, depends};
use crate::model::argument::Argument;
use crate::model::parameter::{Parameter, Source};
use crate::model::passing::Passing;
use crate::model::signature::Signature;
use crate::parse::options::value::DefaultValue;
use crate::parse::tokens::{idents, span_ends};

/// Expands to: the items of every parameter, and the array of their entries.
pub(super) fn parameter_items(signature: &Signature, table: Table<'_>) -> TokenStream {
    let parameters = signature.parameters.iter().enumerate();
    let items = parameters
        .clone()
        .map(|(index, parameter)| parameter_item(signature, table, &Names::new(index), parameter));
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

fn parameter_item(
    signature: &Signature,
    table: Table<'_>,
    names: &Names,
    parameter: &Parameter,
) -> TokenStream {
    match &parameter.source {
        Source::Provider(provider) => {
            depends::parameter_item(signature, table, names, parameter, provider)
        }
        Source::Receiver => {
            let (span, ty) = (parameter.ident.span(), &parameter.ty);
            // Expands to: `State<Server>`, with the span of `self`.
            let state = syn::parse_quote_spanned!(span=> __fastmcp::State<#ty>);
            from_type(table, names, &names.source, parameter, &state)
        }
        Source::Payload => from_type(table, names, &names.source, parameter, &parameter.ty),
        Source::CallArgument(argument) => {
            let source = &names.argument_source;
            let items = from_type(table, names, source, parameter, &parameter.ty);
            let constraints = constraints::items(names, &parameter.ident, argument, false);
            let entry = argument_entry(names, source, parameter, argument);
            let taken = call_argument::items(signature, names, parameter, &entry);
            quote!(#items #constraints #taken)
        }
        Source::Type(argument) => {
            let items = from_type(table, names, &names.source, parameter, &parameter.ty);
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
    source: &Ident,
    parameter: &Parameter,
    declared: &Type,
) -> TokenStream {
    let Names { ty, row, .. } = names;
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
    // Expands to: `<Type as Parameter<ROW>>::SOURCE`, with the span of the type.
    let selected = quote_spanned!(first=> <#spelled as #of_trait<#row>>::#item);
    let checks = table
        .refusals(parameter)
        .into_iter()
        .map(|(refused, of_trait)| {
            let refused = Ident::new(refused, Span::call_site());
            let check = Check {
                name: &parameter.ident,
                of_trait,
                types: quote!(#ty,),
                condition: quote!(#row != __fastmcp::row::#refused),
                ends: (first, last),
            };
            check.statement()
        });
    let default = parameter.argument().and_then(|it| it.default.as_ref());
    let default = default.map(|default| {
        let given = given_default(names);
        let value = typed_default(names, default);
        // Expands to: `.with_default(|| GivenDefault::given(default))`.
        quote!(.with_default(|| #given::given(#value)))
    });
    // Expands to: an alias of the type, which no name of the user can shadow; the row; the source, after
    // the checks of the row. The type parameter has the name of the parameter, so that rustc's messages
    // name the parameter.
    quote! {
        type #ty = #declared;
        const #row: u8 = #number;
        const #source: __fastmcp::Source<#ty> = {
            #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
            const fn source<#named>() -> __fastmcp::Source<#ty> {
                #(#checks)*
                #selected
            }
            source::<()>() #default
        };
    }
}

/// Expands to: `GivenDefault::<{ is_argument(ROW) }>`. Only an argument can have a default; another
/// parameter is refused, and nothing else about its default is checked.
fn given_default(names: &Names) -> TokenStream {
    let is_argument = is_argument(names);
    quote!(__fastmcp::GivenDefault::<{ #is_argument }>)
}

fn is_argument(names: &Names) -> TokenStream {
    let row = &names.row;
    quote!(__fastmcp::is_argument(#row))
}

/// Expands to: the default, which has the type of the parameter. A literal has this type only if the
/// parameter is an argument.
fn typed_default(names: &Names, default: &DefaultValue) -> TokenStream {
    let ty = &names.ty;
    let value = Ident::new("value", Span::mixed_site());
    let default = match default {
        DefaultValue::Expr(default) => default,
        // Expands to: `<<GivenDefault<…> as DefaultType<Type>>::Type as Default>::default()`, with the
        // span of the option.
        DefaultValue::OfType(span) => {
            let is_argument = is_argument(names);
            let given = quote_spanned!(*span=> __fastmcp::GivenDefault<{ #is_argument }>);
            let ty = quote_spanned!(*span=> <#given as __fastmcp::DefaultType<#ty>>::Type);
            return quote_spanned!(*span=> <#ty as ::core::default::Default>::default());
        }
    };
    if !matches!(default, Expr::Lit(_)) {
        // Expands to: `{ let value: Type = default; value }`.
        return quote!({ let #value: #ty = #default; #value });
    }
    let given = given_default(names);
    // Expands to: `{ let value; if false { value = GivenDefault::slot(…) } else { value = 10 } value }`.
    quote!({
        let #value;
        if false {
            #value = #given::slot(::core::marker::PhantomData::<#ty>);
        } else {
            #value = #default;
        }
        #value
    })
}

/// Expands to: `SOURCE.entry("query", Some("The search terms"), None)`.
fn entry(names: &Names, parameter: &Parameter) -> TokenStream {
    let Names { ty, source, .. } = names;
    let name = &parameter.name;
    let description = option(parameter.description.as_ref());
    if let Source::Type(argument) = &parameter.source {
        return argument_entry(names, source, parameter, argument);
    }
    let none = quote!(::core::option::Option::None);
    let entry = quote!(#source.entry(#name, #description, #none));
    match (&parameter.source, parameter.passing) {
        // Expands to: `SOURCE.entry(…).borrowed::<Pool>()`.
        (Source::Provider(_) | Source::CallArgument(_), Passing::Reference) => {
            quote!(#entry.borrowed::<#ty>())
        }
        _ => entry,
    }
}

/// Expands to: `SOURCE.entry("query", Some("The search terms"), None).with_constraints(…)`.
fn argument_entry(
    names: &Names,
    source: &Ident,
    parameter: &Parameter,
    argument: &Argument,
) -> TokenStream {
    let name = &parameter.name;
    let description = option(parameter.description.as_ref());
    let default = argument.default.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        // Expands to: `Some(|| GivenDefault::to_json(&default))`.
        |default| {
            let given = given_default(names);
            let value = typed_default(names, default);
            quote!(::core::option::Option::Some(|| #given::to_json(&#value)))
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

//! What an expansion says of each parameter: its type, its row in the table, where its values
//! come from, and the entry that is registered.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use super::{completion, depends, rules};
use crate::model::parameter::span_ends;
use crate::model::{Handler, Parameter, Passing, What};

/// The names that an expansion gives to what belongs to the parameter at `index`.
pub(crate) struct Names {
    /// `type … = String;`
    pub(crate) ty: Ident,
    /// `const …: u8 = row(…);`
    pub(crate) row: Ident,
    /// `const …: Source<String> = …;`
    pub(crate) source: Ident,
    /// `static …: LazyRules = …;`
    pub(crate) rules: Ident,
    /// The local that holds the value.
    pub(crate) local: Ident,
}

impl Names {
    pub(crate) fn new(index: usize) -> Self {
        Self {
            ty: format_ident!("__FastmcpType{index}"),
            row: format_ident!("__FASTMCP_ROW_{index}"),
            source: format_ident!("__FASTMCP_SOURCE_{index}"),
            rules: format_ident!("__FASTMCP_RULES_{index}"),
            local: format_ident!("parameter_{index}", span = Span::mixed_site()),
        }
    }
}

/// The items of every parameter, and the array of their entries.
pub(crate) fn items(handler: &Handler, what: What) -> TokenStream {
    let parameters = handler.parameters.iter().enumerate();
    let items = parameters
        .clone()
        .map(|(index, parameter)| item(handler, what, index, parameter));
    let entries = parameters.map(|(index, parameter)| entry(&Names::new(index), parameter));
    let count = handler.parameters.len();
    let depends = depends::prelude(handler);
    let rows = (0..count).map(|index| Names::new(index).row);
    // Spells: the items; `static __FASTMCP_PARAMETERS: [ParameterEntry; 2] = [ … ];`; whether all
    // of them are parameters at all.
    quote! {
        #depends
        #(#items)*
        static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; #count] = [#(#entries),*];
        const __FASTMCP_SOUND: bool = __fastmcp::is_sound(&[#(#rows),*]);
    }
}

fn item(handler: &Handler, what: What, index: usize, parameter: &Parameter) -> TokenStream {
    if let Some(provider) = &parameter.depends {
        return depends::item(handler, &Names::new(index), parameter, provider);
    }
    let Names {
        ty, row, source, ..
    } = Names::new(index);
    let declared = &parameter.ty;
    let ident = &parameter.ident;
    let number = row_of(handler, what, &ty, parameter);
    let (first, last) = span_ends(declared);
    let table = match what {
        What::Task => quote_spanned!(first=> __fastmcp::TaskParameter),
        What::Provider => quote_spanned!(first=> __fastmcp::ProviderParameter),
        What::Tool | What::Resource | What::Prompt | What::Completion => {
            quote_spanned!(first=> __fastmcp::Parameter)
        }
    };
    // Inside `source`, the parameter's name is that of a type. Where the user's type mentions it
    // too, as in `clock: clock::Clock`, only the alias is unmistakable.
    let spelled = if mentions(declared, ident) {
        Ident::new(&ty.to_string(), first).into_token_stream()
    } else {
        declared.to_token_stream()
    };
    // Not spanned like the user's parameter: rustc would propose to give that a bound.
    let mut named = ident.clone();
    named.set_span(Span::call_site());
    let close = quote_spanned!(last=> SOURCE);
    // Spells: `<Type as Parameter<ROW, query>>::SOURCE`, spanned like the parameter's type.
    let selected = quote_spanned!(first=> <#spelled as #table<#row, #named>>::#close);
    let value = Ident::new("value", Span::mixed_site());
    let default = parameter.default.as_ref().map(|default| {
        // Spells: `.or(|| Some(default))`, an expression of the parameter's type.
        quote!(.or(|| ::core::option::Option::Some({ let #value: #ty = #default; #value })))
    });
    let limited = rules::items(index, parameter, what);
    // Spells: the type by a name that nothing hides; its row; its source. The type parameter that
    // is spelled like the parameter is how rustc's message comes to name it.
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
        #limited
    }
}

/// Whether `ident` is among the tokens of a type.
fn mentions(ty: &Type, ident: &Ident) -> bool {
    fn any(tokens: TokenStream, ident: &Ident) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(other) => other == *ident,
            TokenTree::Group(group) => any(group.stream(), ident),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    any(ty.to_token_stream(), ident)
}

/// The expression that folds the probes' answers into the row.
fn row_of(handler: &Handler, what: What, ty: &Ident, parameter: &Parameter) -> TokenStream {
    // Spells: `Probe::<Type>::ANSWER`.
    let ask = |answer: &str| {
        let answer = Ident::new(answer, Span::call_site());
        quote!(__fastmcp::Probe::<#ty>::#answer)
    };
    let (injected, decodable) = (ask("INJECTED"), ask("DECODABLE"));
    if parameter.passing == Passing::Receiver {
        // Spells: the row of `&self`.
        return quote!(__fastmcp::receiver_row(#injected));
    }
    if what == What::Provider {
        let ask = |answer: &str| {
            let answer = Ident::new(answer, Span::call_site());
            quote!(__fastmcp::PerCallProbe::<#ty>::#answer)
        };
        let (scope, of_request) = (ask("SCOPE"), ask("OF_REQUEST"));
        let (of_execution, shared) = (ask("OF_EXECUTION"), handler.shared);
        // Spells: the row in a provider's table.
        return quote! {
            __fastmcp::parameter_row(#scope, #injected, #of_request || #of_execution, #shared)
        };
    }
    if what == What::Task {
        let (scoped, encodable) = (ask("REQUEST_SCOPED"), ask("ENCODABLE"));
        // Spells: the row in a task's table.
        return quote!(__fastmcp::task_row(#injected, #scoped, #encodable, #decodable));
    }
    let described = ask("DESCRIBED");
    // Spells: the row in the table of tools and prompts.
    let row = quote!(__fastmcp::row(#injected, #decodable, #described));
    match &handler.resource {
        Some(resource) => {
            let mut variables = resource
                .parts
                .iter()
                .flat_map(super::super::parse::uri::Part::variables);
            let named = variables.any(|variable| *variable == parameter.name);
            let has_default = parameter.default.is_some();
            // Spells: the row in a resource's table.
            quote!(__fastmcp::uri_row(#row, #named || #has_default))
        }
        None => row,
    }
}

fn entry(names: &Names, parameter: &Parameter) -> TokenStream {
    let Names { ty, source, .. } = names;
    let name = &parameter.name;
    let description = option(parameter.description.as_ref());
    let value = Ident::new("value", Span::mixed_site());
    let default = parameter.default.as_ref().map_or_else(
        // Spells: `None`.
        || quote!(::core::option::Option::None),
        // Spells: `Some(|| to_json(default))`.
        |default| {
            quote!(::core::option::Option::Some(|| {
                let #value: #ty = #default;
                __fastmcp::to_json(&#value)
            }))
        },
    );
    let limited = rules::limited(names, parameter);
    // Spells: `SOURCE.describe("query", Some("What to look for"), None)`.
    let completed = completion::completed(parameter.complete.as_ref());
    // Spells: `.asked("Which year?")`.
    let asked = parameter.ask.as_ref().map(|ask| quote!(.asked(#ask)));
    let described =
        quote!(#source.describe(#name, #description, #default) #limited #completed #asked);
    match (&parameter.depends, parameter.passing) {
        // Spells: `SOURCE.describe(…).lending::<Pool>()`.
        (Some(_), Passing::Reference) => quote!(#described.lending::<#ty>()),
        _ => described,
    }
}

/// Spells an `Option` of a literal.
pub(crate) fn option(value: Option<&String>) -> TokenStream {
    match value {
        // Spells: `Some("…")`.
        Some(value) => quote!(::core::option::Option::Some(#value)),
        // Spells: `None`.
        None => quote!(::core::option::Option::None),
    }
}

//! What an expansion says of the limits of a parameter, if it has any.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::parameters::Names;
use crate::model::{Parameter, What};

/// The checks of `#[arg]` that types decide, and the static that holds the limits.
pub(crate) fn items(index: usize, parameter: &Parameter, what: What) -> TokenStream {
    let Names { row, rules, ty, .. } = Names::new(index);
    let mut injected = match parameter.arg {
        Some(ends) if what != What::Task => injected(ends, &row, parameter),
        _ => TokenStream::new(),
    };
    if let Some(span) = parameter.pattern {
        let message = "an argument needs a name, which it is sent by: take the whole value, and take \
                       it apart in the body";
        // Spells: `const _: () = assert!(ROW != 1, "…");`, at the pattern.
        injected.extend(quote_spanned!(span=> const _: () = ::core::assert!(#row != 1, #message);));
    }
    if parameter.limits.is_empty() {
        return injected;
    }
    let limits = &parameter.limits;
    let mut named = parameter.ident.clone();
    named.set_span(Span::call_site());

    let mut checks = Vec::new();
    let mut built = Vec::new();
    let mut check = |option: &Ident, kind: &str| {
        let span = option.span();
        let kind = Ident::new(kind, span);
        let ty = Ident::new(&ty.to_string(), span);
        // Spells: `let () = <Type as Ranged<{ KindProbe::<Type>::KIND }, limit>>::CHECK;`, at the
        // option.
        checks.push(quote_spanned!(span=>
            let () = <#ty as __fastmcp::#kind<{ __fastmcp::KindProbe::<#ty>::KIND }, #named>>::CHECK;
        ));
    };
    if let Some((option, _)) = limits.min.as_ref().or(limits.max.as_ref()) {
        check(option, "Ranged");
    }
    if let Some((option, _)) = limits.min_length.as_ref().or(limits.max_length.as_ref()) {
        check(option, "HasLength");
    }
    if let Some((option, pattern)) = &limits.pattern {
        check(option, "Textual");
        // Spells: `.pattern("…")`.
        built.push(quote!(.pattern(#pattern)));
    }
    if let Some((option, header)) = &limits.header {
        check(option, "InHeader");
        // Spells: `.header("…")`.
        built.push(quote!(.header(#header)));
    }

    let limit = Ident::new("limit", Span::mixed_site());
    let number = |name: &str, option: &Ident, expr: &Expr| {
        let name = Ident::new(name, Span::call_site());
        // Spells: `.min(KindProbe::<Type>::limit(expression))`, at the option.
        let number = quote_spanned!(option.span()=> __fastmcp::KindProbe::<#ty>::limit);
        quote!(.#name(#number(#expr)))
    };
    let min = limits.min.as_ref();
    built.extend(min.map(|(option, expr)| number("min", option, expr)));
    let max = limits.max.as_ref();
    built.extend(max.map(|(option, expr)| number("max", option, expr)));
    let length = |name: &str, expr: &Expr| {
        let name = Ident::new(name, Span::call_site());
        // Spells: `.min_length(expression)`.
        quote!(.#name(#expr))
    };
    let min_length = limits.min_length.as_ref();
    built.extend(min_length.map(|(_, expr)| length("min_length", expr)));
    let max_length = limits.max_length.as_ref();
    built.extend(max_length.map(|(_, expr)| length("max_length", expr)));
    for example in &limits.examples {
        // Spells: `.example(&{ let limit: Type = expression; limit })`.
        built.push(quote!(.example(&{ let #limit: #ty = #example; #limit })));
    }
    if limits.deprecated {
        // Spells: `.deprecated()`.
        built.push(quote!(.deprecated()));
    }

    let checks = if checks.is_empty() {
        TokenStream::new()
    } else {
        // Spells: `const _: () = { const fn check<limit>() { <Type as Ranged<…>>::CHECK; } … };`.
        quote! {
            const _: () = {
                #[allow(
                    non_camel_case_types,
                    dead_code,
                    clippy::extra_unused_type_parameters,
                )]
                const fn check<#named>() {
                    #[allow(unused_imports)]
                    use __fastmcp::KindFallback as _;
                    #(#checks)*
                }
                check::<()>()
            };
        }
    };
    // Spells: the checks; `static RULES: LazyRules = LazyRules::new(|| Rules::default().min(…));`.
    quote! {
        #injected
        #checks
        static #rules: __fastmcp::LazyRules = __fastmcp::LazyRules::new(|| {
            #[allow(unused_imports)]
            use __fastmcp::KindFallback as _;
            <__fastmcp::Rules as ::core::default::Default>::default() #(#built)*
        });
    }
}

/// Refuses `#[arg]` on what no client sends, once types have said so.
fn injected((first, last): (Span, Span), row: &Ident, parameter: &Parameter) -> TokenStream {
    let message = format!(
        "parameter `{}` is injected, so no client sends it: `#[arg(…)]` is for arguments",
        parameter.ident
    );
    let mut condition = Group::new(Delimiter::Parenthesis, quote!(#row != 0, #message));
    condition.set_span(last);
    // Spells: `const _: () = assert!(ROW != 0, "…");`, all over the attribute.
    quote_spanned!(first=> const _: () = ::core::assert! #condition;)
}

/// Spells: `.limited(&RULES)`, where there are limits.
pub(crate) fn limited(names: &Names, parameter: &Parameter) -> TokenStream {
    if parameter.limits.is_empty() {
        return TokenStream::new();
    }
    let rules = &names.rules;
    quote!(.limited(&#rules))
}

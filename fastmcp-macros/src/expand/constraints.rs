//! The expansion of an argument's constraints.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::names::{Names, unspanned};
use crate::model::argument::Argument;
use crate::model::constraints::Constraints;
use crate::model::wire_name::Unlistable;

/// Expands to: assertions about the type, which rustc evaluates, and the static with the constraints. In a
/// task, `#[arg]` is also allowed on an injected parameter.
pub(super) fn items(
    names: &Names,
    ident: &Ident,
    argument: &Argument,
    is_task: bool,
) -> TokenStream {
    let Names {
        row,
        static_constraints,
        ty,
        ..
    } = names;
    let mut assertions = match argument.arg {
        Some(ends) if !is_task => refuse_injected(ends, row, ident),
        _ => TokenStream::new(),
    };
    if let Some(span) = argument.pattern {
        let message = "an argument needs a name, because clients send it by name: replace the \
                       pattern with a name and destructure the value in the body";
        // Expands to: `const _: () = assert!(!is_argument(ROW), "…");`, with the span of the pattern.
        assertions.extend(quote_spanned! {span=>
            const _: () = ::core::assert!(!__fastmcp::is_argument(#row), #message);
        });
    }
    if let Some(Unlistable { span, message }) = &argument.unlistable {
        // Expands to: `const _: () = assert!(!is_argument(ROW), "…");`, at the name.
        assertions.extend(quote_spanned! {*span=>
            const _: () = ::core::assert!(!__fastmcp::is_argument(#row), #message);
        });
    }
    let constraints = &argument.constraints;
    if constraints.is_empty() {
        return assertions;
    }
    let checks = checks(names, ident, constraints);
    let built = built(ty, constraints);
    // Expands to: the assertions; `static CONSTRAINTS: LazyConstraints = LazyConstraints::new(|| …);`.
    quote! {
        #assertions
        #checks
        static #static_constraints: __fastmcp::LazyConstraints = __fastmcp::LazyConstraints::new(|| {
            #[allow(unused_imports)]
            use __fastmcp::KindFallback as _;
            <__fastmcp::Constraints as ::core::default::Default>::default() #(#built)*
        });
    }
}

/// Expands to: `const _: () = { const fn check<limit>() { <Type as Bounded<…>>::CHECK; } … };`,
/// which requires that the type can have each constraint.
fn checks(names: &Names, ident: &Ident, constraints: &Constraints) -> TokenStream {
    let named = unspanned(ident);
    let Constraints {
        min,
        max,
        min_length,
        max_length,
        pattern,
        header,
        ..
    } = constraints;
    let bounded = min.as_ref().or(max.as_ref()).map(|(option, _)| option);
    let length = min_length.as_ref().or(max_length.as_ref());
    let required = [
        ("Bounded", bounded),
        ("HasLength", length.map(|(option, _)| option)),
        ("StringLike", pattern.as_ref().map(|(option, _)| option)),
        ("InHeader", header.as_ref().map(|(option, _)| option)),
    ];
    let checks = required.into_iter().filter_map(|(of_trait, option)| {
        let span = option?.span();
        let of_trait = Ident::new(of_trait, span);
        let ty = Ident::new(&names.ty.to_string(), span);
        // Expands to: `let () = <Type as Bounded<{ KindProbe::<Type>::KIND }, limit>>::CHECK;`, with
        // the span of the option.
        Some(quote_spanned!(span=>
            let () =
                <#ty as __fastmcp::#of_trait<{ __fastmcp::KindProbe::<#ty>::KIND }, #named>>::CHECK;
        ))
    });
    let checks: Vec<TokenStream> = checks.collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
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
}

/// Expands to: the calls that build the constraints, such as `.min(…)`.
fn built(ty: &Ident, constraints: &Constraints) -> Vec<TokenStream> {
    let mut built = Vec::new();
    if let Some((_, pattern)) = &constraints.pattern {
        // Expands to: `.pattern("…")`.
        built.push(quote!(.pattern(#pattern)));
    }
    if let Some((_, header)) = &constraints.header {
        // Expands to: `.header("…")`.
        built.push(quote!(.header(#header)));
    }
    let number = |method: TokenStream, option: &Ident, expr: &Expr| {
        // Expands to: `.min(KindProbe::<Type>::limit(expression))`, with the span of the option.
        let number = quote_spanned!(option.span()=> __fastmcp::KindProbe::<#ty>::limit);
        quote!(.#method(#number(#expr)))
    };
    if let Some((option, expr)) = &constraints.min {
        built.push(number(quote!(min), option, expr));
    }
    if let Some((option, expr)) = &constraints.max {
        built.push(number(quote!(max), option, expr));
    }
    if let Some((_, expr)) = &constraints.min_length {
        // Expands to: `.min_length(expression)`.
        built.push(quote!(.min_length(#expr)));
    }
    if let Some((_, expr)) = &constraints.max_length {
        // Expands to: `.max_length(expression)`.
        built.push(quote!(.max_length(#expr)));
    }
    let limit = Ident::new("limit", Span::mixed_site());
    for example in &constraints.examples {
        // Expands to: `.example(&{ let limit: Type = expression; limit })`.
        built.push(quote!(.example(&{ let #limit: #ty = #example; #limit })));
    }
    if constraints.deprecated {
        // Expands to: `.deprecated()`.
        built.push(quote!(.deprecated()));
    }
    built
}

/// Expands to: `const _: () = assert!(!is_injected(ROW), "…");`, with the span of the whole attribute.
/// `#[arg]` has no effect on an injected value, and only the type decides that a value is injected.
fn refuse_injected((first, last): (Span, Span), row: &Ident, ident: &Ident) -> TokenStream {
    let message =
        format!("parameter `{ident}` is injected, so clients cannot send it: remove `#[arg(…)]`");
    let condition = quote!(!__fastmcp::is_injected(#row), #message);
    let mut condition = Group::new(Delimiter::Parenthesis, condition);
    condition.set_span(last);
    quote_spanned!(first=> const _: () = ::core::assert! #condition;)
}

/// Expands to: `.with_constraints(&CONSTRAINTS)`, or nothing.
pub(super) fn with_constraints(names: &Names, constraints: &Constraints) -> TokenStream {
    if constraints.is_empty() {
        return TokenStream::new();
    }
    let static_constraints = &names.static_constraints;
    quote!(.with_constraints(&#static_constraints))
}

//! The expansion of an argument's constraints.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;

use super::check::{self, Check};
use super::names::Names;
use crate::model::argument::Argument;
use crate::model::constraints::Constraints;

/// Expands to: checks of the type, which rustc evaluates, and the static with the constraints. In a
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
    let check = |of_trait, condition, ends| {
        let check = Check {
            name: ident,
            of_trait,
            types: quote!(#ty,),
            condition,
            ends,
        };
        check.item()
    };
    let is_argument = quote!(__fastmcp::is_argument(#row));
    let mut refused = TokenStream::new();
    if let Some((_, brackets)) = argument.arg
        && !is_task
    {
        // `#[arg]` has no effect on an injected value, and only the type decides that a value is injected.
        let condition = quote!(!__fastmcp::is_injected(#row));
        refused.extend(check("TakesArg", condition, (brackets, brackets)));
    }
    if let Some(span) = argument.pattern {
        refused.extend(check("HasName", quote!(!#is_argument), (span, span)));
    }
    if let Some(span) = argument.unlistable {
        refused.extend(check(
            "HasListableName",
            quote!(!#is_argument),
            (span, span),
        ));
    }
    let constraints = &argument.constraints;
    if constraints.is_empty() {
        return refused;
    }
    let checks = checks(names, ident, constraints);
    let built = built(ty, constraints);
    // Expands to: the checks; `static CONSTRAINTS: LazyConstraints = LazyConstraints::new(|| …);`.
    quote! {
        #refused
        #checks
        static #static_constraints: __fastmcp::LazyConstraints = __fastmcp::LazyConstraints::new(|| {
            #[allow(unused_imports)]
            use __fastmcp::KindFallback as _;
            <__fastmcp::Constraints as ::core::default::Default>::default() #(#built)*
        });
    }
}

/// Expands to: `const _: () = { const fn check<limit>() { <limit as Bounded<Type, …>>::CHECK; } … };`,
/// which requires that the type can have each constraint.
fn checks(names: &Names, ident: &Ident, constraints: &Constraints) -> TokenStream {
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
        let ty = &names.ty;
        // Expands to: `let () = <limit as Bounded<Type, { KindProbe::<Type>::KIND }>>::CHECK;`, with the
        // span of the option.
        let check = Check {
            name: ident,
            of_trait,
            types: quote!(#ty,),
            condition: quote!(__fastmcp::KindProbe::<#ty>::KIND),
            ends: (span, span),
        };
        Some(check.statement())
    });
    let checks: Vec<TokenStream> = checks.collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    check::item(
        &[ident],
        &quote! {
            #[allow(unused_imports)]
            use __fastmcp::KindFallback as _;
            #(#checks)*
        },
    )
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

/// Expands to: `.with_constraints(&CONSTRAINTS)`, or nothing.
pub(super) fn with_constraints(names: &Names, constraints: &Constraints) -> TokenStream {
    if constraints.is_empty() {
        return TokenStream::new();
    }
    let static_constraints = &names.static_constraints;
    quote!(.with_constraints(&#static_constraints))
}

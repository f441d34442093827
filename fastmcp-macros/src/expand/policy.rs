//! The expansion of a task's policy.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Path;

use super::check::{self, Check};
use super::duration::expression;
use super::names::Names;
use crate::model::limits::{Limit, LimitKind};
use crate::model::named_argument::NamedArgument;
use crate::model::policy::{Attempts, Pause, Policy, Priority, Repeat, Retry, Schedule};
use crate::model::signature::Signature;

/// Expands to the fields of `Policy` that were given, such as `timeout: Some(…),`.
pub(super) fn fields(policy: &Policy) -> TokenStream {
    let mut fields = TokenStream::new();
    if let Some(given) = &policy.retry {
        let retry = retry(given);
        fields.extend(quote!(retry: #retry,));
    }
    if policy.discard_failed {
        fields.extend(quote!(discard_failed: true,));
    }
    if let Some(timeout) = &policy.timeout {
        let timeout = expression(timeout);
        fields.extend(quote!(timeout: ::core::option::Option::Some(#timeout),));
    }
    if let Some(given) = &policy.repeat {
        let repeat = repeat(given);
        fields.extend(quote!(repeat: ::core::option::Option::Some(#repeat),));
    }
    for limit in &policy.limits {
        let name = field(limit);
        let value = match &limit.kind {
            LimitKind::Concurrency(runs) => quote!(#runs),
            LimitKind::RateLimit(starts, per) => {
                let per = expression(per);
                quote!((#starts, #per))
            }
            LimitKind::Debounce(pause) | LimitKind::Cooldown(pause) => expression(pause),
        };
        fields.extend(quote!(#name: ::core::option::Option::Some(#value),));
    }
    if let Some(priority) = policy.priority {
        let level = match priority {
            Priority::High => quote!(High),
            Priority::Normal => quote!(Normal),
            Priority::Low => quote!(Low),
        };
        fields.extend(quote!(priority: __fastmcp::Priority::#level,));
    }
    if let Some(logged) = &policy.logged {
        let names = logged.iter().map(|argument| &argument.name);
        fields.extend(quote!(logged: &[#(#names),*],));
    }
    fields
}

/// Expands to the fields of `Lanes` that were given, such as `concurrency: Some("customer"),`.
pub(super) fn lanes(policy: &Policy) -> TokenStream {
    let lanes = policy.limits.iter().filter_map(|limit| {
        let (field, name) = (field(limit), &limit.by.as_ref()?.name);
        Some(quote!(#field: ::core::option::Option::Some(#name),))
    });
    lanes.collect()
}

fn field(limit: &Limit) -> Ident {
    Ident::new(limit.kind.option(), Span::call_site())
}

/// Expands to: an expression such as `Retry::attempts(3).delay(…).jitter()`.
fn retry(retry: &Retry) -> TokenStream {
    let attempts = match &retry.attempts {
        Attempts::Forever => quote!(__fastmcp::Retry::FOREVER),
        Attempts::Number(attempts) => quote!(#attempts),
    };
    let pause = match &retry.pause {
        None => TokenStream::new(),
        Some(Pause::Constant(delay)) => {
            let delay = expression(delay);
            quote!(.delay(#delay))
        }
        Some(Pause::Growing(start, end, span)) => {
            let (start, end) = (expression(start), expression(end));
            let range = quote_spanned!(*span=> #start..#end);
            quote!(.backoff(#range))
        }
    };
    let jitter = retry.jitter.then(|| quote!(.jitter()));
    quote!(__fastmcp::Retry::attempts(#attempts) #pause #jitter)
}

fn repeat(repeat: &Repeat) -> TokenStream {
    match &repeat.schedule {
        // Expands to: `Repeat::Every(…)`.
        Schedule::Every(pause) => {
            let pause = expression(pause);
            quote!(__fastmcp::Repeat::Every(#pause))
        }
        // Expands to: `Repeat::Cron(Cron::parse("0 3 * * *", "UTC")?)`.
        Schedule::Cron { expression, zone } => {
            quote!(__fastmcp::Repeat::Cron(__fastmcp::Cron::parse(#expression, #zone)?))
        }
    }
}

/// Expands to: `{ const ONLY_IF: fn(&Error) -> bool = is_passing; Some(ONLY_IF) }`, or `None`.
pub(super) fn only_if(policy: &Policy) -> TokenStream {
    let only_if: Option<&Path> = policy.retry.as_ref().and_then(|it| it.only_if.as_ref());
    match only_if {
        None => quote!(::core::option::Option::None),
        Some(only_if) => quote!({
            const __FASTMCP_ONLY_IF: fn(&__fastmcp::Error) -> bool = #only_if;
            ::core::option::Option::Some(__FASTMCP_ONLY_IF)
        }),
    }
}

/// Returns the span of `automatic`, if it is given.
pub(super) fn automatic(policy: &Policy) -> Option<Span> {
    policy.repeat.as_ref().and_then(|repeat| repeat.automatic)
}

/// Expands to the checks that the named parameters are arguments and that an automatic task has none. The
/// types decide this, so rustc evaluates the checks. Each has the span of the option that requires it.
pub(super) fn checks(signature: &Signature, policy: &Policy) -> Vec<TokenStream> {
    let limits = policy.limits.iter().filter_map(|limit| {
        let by = limit.by.as_ref()?;
        Some(check_argument(limit.kind.option(), by))
    });
    let logged = policy.logged.iter().flatten();
    let logged = logged.map(|argument| check_argument("logged", argument));
    let automatic = automatic(policy).map(|span| check_no_arguments(signature, span));
    limits.chain(logged).chain(automatic).collect()
}

/// Expands to: the check that the worker does not provide the parameter, with the span of its name in the
/// option.
fn check_argument(option: &str, argument: &NamedArgument) -> TokenStream {
    let Names { row, ty, .. } = Names::new(argument.index);
    let ident = &argument.ident;
    let option = Ident::new(option, Span::call_site());
    let names: &[&Ident] = if *ident == option {
        &[ident]
    } else {
        &[ident, &option]
    };
    let check = Check {
        name: ident,
        of_trait: "IsSentToTask",
        types: quote!(#ty, #option,),
        condition: quote!(!__fastmcp::is_injected(#row)),
        ends: (ident.span(), ident.span()),
    };
    check::item(names, &check.statement())
}

/// Expands to: a check for each parameter that it is not an argument, with the span of `automatic`. Only
/// the check of the first argument fails.
fn check_no_arguments(signature: &Signature, span: Span) -> TokenStream {
    let all = Names::all(signature);
    let parameters = signature.parameters.iter().zip(&all).enumerate();
    let checks = parameters.map(|(index, (parameter, Names { row, ty, .. }))| {
        let earlier = all.iter().take(index).map(|names| &names.row);
        let check = Check {
            name: &parameter.ident,
            of_trait: "NeedsNoCaller",
            types: quote!(#ty,),
            condition: quote! {
                !__fastmcp::is_argument(#row) #(|| __fastmcp::is_argument(#earlier))*
            },
            ends: (span, span),
        };
        check.item()
    });
    quote!(#(#checks)*)
}

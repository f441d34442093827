//! The options of `#[task]`: how its runs are retried, timed, repeated and limited.
//!
//! | option | means |
//! |---|---|
//! | `retry(attempts = 3, delay = "5s", jitter)` | further attempts, after a pause |
//! | `retry(attempts = forever, backoff = "1s".."1m", only_if = is_passing)` | pauses that double; a filter |
//! | `timeout = "30s"` | the longest run |
//! | `perpetual(every = "1h", automatic)` | again after each run; started by the worker |
//! | `cron("0 3 * * *", tz = "Europe/Berlin", automatic)` | again by a timetable |
//! | `concurrency(1, per = customer)` | so many at once, for each value of an argument |
//! | `rate_limit(10, per = "1m", by = customer)` | so many starts in a span |
//! | `debounce("2s", by = customer)` | once it has been quiet for so long |
//! | `cooldown("2s", by = customer)` | not again for so long |
//! | `priority = high` | before others |
//! | `logged(customer)` | arguments that may stand in logs |

mod values;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, Ident, LitStr, Path};

use self::values::{argument_named, leading, list, pauses};
use super::Parameter;
use crate::errors::Errors;
use crate::parse::duration;
use crate::parse::options::{Options, Value};

/// What the options say, as the fields of the engine's `Policy` and what goes beside it.
#[derive(Default)]
pub(crate) struct Policy {
    /// `name: value,` for each field that is not the default's.
    pub(crate) fields: Vec<TokenStream>,
    /// `name: value,` for each argument by which a limit is told apart.
    pub(crate) lanes: Vec<TokenStream>,
    /// Whether a failure is worth another attempt.
    pub(crate) only_if: Option<Path>,
    /// Where `automatic` is written, if it is.
    pub(crate) automatic: Option<Span>,
    /// The parameters that have to be arguments, each with the option that names it.
    pub(crate) named: Vec<(Ident, &'static str)>,
}

impl Policy {
    /// Takes the options; what is wrong with them goes into `errors`.
    pub(crate) fn take(
        options: &mut Options,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) -> Self {
        let mut policy = Self::default();
        policy.retry(options, errors);
        if let Some(timeout) = options.expr("timeout", errors)
            && let Some(timeout) = duration::tokens("timeout", &timeout, errors)
        {
            policy.field("timeout", quote!(::core::option::Option::Some(#timeout)));
        }
        policy.repeat(options, errors);
        for limit in ["concurrency", "rate_limit", "debounce", "cooldown"] {
            policy.limit(limit, options, parameters, errors);
        }
        policy.priority(options, errors);
        policy.logged(options, parameters, errors);
        policy
    }

    fn field(&mut self, name: &str, value: TokenStream) {
        let name = Ident::new(name, Span::call_site());
        // Spells: `timeout: Some(…),`.
        self.fields.push(quote!(#name: #value,));
    }

    fn retry(&mut self, options: &mut Options, errors: &mut Errors) {
        let form = "`retry(attempts = 3, delay = \"5s\")`";
        let Some((_, list)) = list("retry", form, options, errors) else {
            return;
        };
        let known = ["attempts", "delay", "backoff", "jitter", "only_if"];
        let mut list = Options::parse("task(retry(…))", &known, list, errors);
        let attempts = match list.expr("attempts", errors) {
            // Spells: `Retry::FOREVER`, or the number.
            Some(Expr::Path(path)) if path.path.is_ident("forever") => {
                quote!(__fastmcp::Retry::FOREVER)
            }
            Some(attempts) => quote!(#attempts),
            None => {
                if !list.is_sound() {
                    return;
                }
                errors.span(
                    list.span(),
                    "`retry` needs the number of attempts, the first one included: \
                     `retry(attempts = 3)`, or `attempts = forever`",
                );
                return;
            }
        };
        // Spells: `Retry::attempts(3).delay(…).jitter()`.
        let mut retry = quote!(__fastmcp::Retry::attempts(#attempts));
        match (list.expr("delay", errors), list.expr("backoff", errors)) {
            (Some(_), Some(backoff)) => {
                errors.at(
                    backoff,
                    "`delay` is always the same pause, `backoff` a growing one: give one",
                );
            }
            (Some(delay), None) => {
                let delay = duration::tokens("delay", &delay, errors);
                retry = quote!(#retry.delay(#delay));
            }
            (None, Some(backoff)) => {
                if let Some(pauses) = pauses(&backoff, errors) {
                    retry = quote!(#retry.backoff(#pauses));
                }
            }
            (None, None) => {}
        }
        if list.word("jitter", errors).is_some() {
            retry = quote!(#retry.jitter());
        }
        self.only_if = list.path("only_if", errors);
        self.field("retry", retry);
    }

    fn repeat(&mut self, options: &mut Options, errors: &mut Errors) {
        let perpetual = list("perpetual", "`perpetual(every = \"1h\")`", options, errors);
        let cron = list("cron", "`cron(\"0 3 * * *\")`", options, errors);
        if let (Some(_), Some((span, _))) = (&perpetual, &cron) {
            errors.span(
                *span,
                "a task repeats by `perpetual` or by `cron`, not by both",
            );
            return;
        }
        if let Some((span, list)) = perpetual {
            let mut list =
                Options::parse("task(perpetual(…))", &["every", "automatic"], list, errors);
            self.automatic = list.word("automatic", errors);
            let Some(every) = list.expr("every", errors) else {
                if list.is_sound() {
                    errors.span(
                        span,
                        "`perpetual` needs the pause between runs: `perpetual(every = \"1h\")`",
                    );
                }
                return;
            };
            let every = duration::tokens("every", &every, errors);
            // Spells: `Some(Repeat::Every(…))`.
            let repeat = quote!(__fastmcp::Repeat::Every(#every));
            self.field("repeat", quote!(::core::option::Option::Some(#repeat)));
        }
        if let Some((span, list)) = cron {
            let (first, rest) = leading(list);
            let Ok(expression) = syn::parse2::<LitStr>(first) else {
                errors.span(
                    span,
                    "`cron` starts with its timetable: `cron(\"0 3 * * *\")`",
                );
                return;
            };
            let mut list = Options::parse("task(cron(…))", &["tz", "automatic"], rest, errors);
            self.automatic = list.word("automatic", errors);
            let zone = list
                .text("tz", errors)
                .map_or_else(|| "UTC".to_owned(), |zone| zone.value());
            // Spells: `Some(Repeat::Cron(Cron::parse("0 3 * * *", "UTC")?))`.
            let cron = quote!(__fastmcp::Cron::parse(#expression, #zone)?);
            let repeat = quote!(__fastmcp::Repeat::Cron(#cron));
            self.field("repeat", quote!(::core::option::Option::Some(#repeat)));
        }
    }

    fn limit(
        &mut self,
        name: &'static str,
        options: &mut Options,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) {
        let (form, argument) = match name {
            "concurrency" => ("`concurrency(2, per = argument)`", "per"),
            "rate_limit" => ("`rate_limit(10, per = \"1m\", by = argument)`", "by"),
            "debounce" => ("`debounce(\"2s\", by = argument)`", "by"),
            _ => ("`cooldown(\"2s\", by = argument)`", "by"),
        };
        let Some(given) = options.take(name) else {
            return;
        };
        let (first, rest) = match given.value {
            // `debounce = "2s"` is `debounce("2s")`.
            Value::Expr(value) => (quote!(#value), TokenStream::new()),
            Value::List(list) => leading(list),
            Value::None | Value::Braced(_) | Value::Type(_) => {
                errors.span(
                    given.name.span(),
                    format!("option `{name}` is written {form}"),
                );
                return;
            }
        };
        let Ok(first) = syn::parse2::<Expr>(first) else {
            errors.span(
                given.name.span(),
                format!("option `{name}` is written {form}"),
            );
            return;
        };
        let known: &[&str] = if name == "rate_limit" {
            &["per", "by"]
        } else {
            &[argument]
        };
        let mut list = Options::parse(&format!("task({name}(…))"), known, rest, errors);
        let value = match name {
            "concurrency" => quote!(#first),
            "rate_limit" => {
                let Some(per) = list.expr("per", errors) else {
                    if list.is_sound() {
                        let message = format!("`rate_limit` needs its span: {form}");
                        errors.span(given.name.span(), message);
                    }
                    return;
                };
                let per = duration::tokens("per", &per, errors);
                quote!((#first, #per))
            }
            _ => {
                let span = duration::tokens(name, &first, errors);
                quote!(#span)
            }
        };
        self.field(name, quote!(::core::option::Option::Some(#value)));
        let Some(by) = list.path(argument, errors) else {
            return;
        };
        if let Some(parameter) = argument_named(&by, parameters, errors) {
            let wire = &parameter.name;
            let field = Ident::new(name, Span::call_site());
            // Spells: `concurrency: Some("customer"),`.
            self.lanes
                .push(quote!(#field: ::core::option::Option::Some(#wire),));
            self.name_argument(&by, name);
        }
    }

    fn name_argument(&mut self, path: &Path, option: &'static str) {
        if let Some(ident) = path.get_ident() {
            self.named.push((ident.clone(), option));
        }
    }

    fn priority(&mut self, options: &mut Options, errors: &mut Errors) {
        let Some(priority) = options.path("priority", errors) else {
            return;
        };
        let levels = [("high", "High"), ("normal", "Normal"), ("low", "Low")];
        match levels.iter().find(|(name, _)| priority.is_ident(name)) {
            Some((_, level)) => {
                let level = Ident::new(level, Span::call_site());
                // Spells: `Priority::High`.
                self.field("priority", quote!(__fastmcp::Priority::#level));
            }
            None => errors.at(priority, "`priority` is `high`, `normal` or `low`"),
        }
    }

    fn logged(&mut self, options: &mut Options, parameters: &[Parameter], errors: &mut Errors) {
        let form = "`logged(argument, …)`";
        let Some((_, tokens)) = list("logged", form, options, errors) else {
            return;
        };
        let parser = syn::punctuated::Punctuated::<Path, syn::Token![,]>::parse_terminated;
        let paths = match syn::parse::Parser::parse2(parser, tokens) {
            Ok(paths) => paths,
            Err(error) => {
                errors.span(error.span(), format!("option `logged` is written {form}"));
                return;
            }
        };
        let mut names = Vec::new();
        for path in &paths {
            if let Some(parameter) = argument_named(path, parameters, errors) {
                names.push(parameter.name.clone());
                self.name_argument(path, "logged");
            }
        }
        // Spells: `&["customer"]`.
        self.field("logged", quote!(&[#(#names),*]));
    }
}

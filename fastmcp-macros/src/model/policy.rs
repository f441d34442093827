//! The options of `#[task]` for retries, timeouts, schedules, limits, priority and logging.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr, Path};

use crate::errors::Errors;
use crate::model::limits::{self, Limit};
use crate::model::named_argument::NamedArgument;
use crate::model::parameter::Parameter;
use crate::parse::cron::{expression_problem, zone_problem};
use crate::parse::duration::Duration;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;

/// The policy that the options define.
#[derive(Default)]
pub(crate) struct Policy {
    pub(crate) retry: Option<Retry>,
    /// True if failed executions are not kept as dead letters.
    pub(crate) discard_failed: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) priority: Option<Priority>,
    /// The arguments that may appear in logs, if `logged` is given.
    pub(crate) logged: Option<Vec<NamedArgument>>,
}

/// The option `retry(…)`.
pub(crate) struct Retry {
    pub(crate) attempts: Attempts,
    pub(crate) pause: Option<Pause>,
    pub(crate) jitter: bool,
    /// The function that decides whether an error is retried.
    pub(crate) only_if: Option<Path>,
}

pub(crate) enum Attempts {
    Forever,
    Number(Box<Expr>),
}

/// The time between two attempts.
pub(crate) enum Pause {
    Constant(Duration),
    /// A pause that doubles from the first to the second duration, and the span of the range.
    Growing(Duration, Duration, Span),
}

/// The option `perpetual(…)` or `cron(…)`.
pub(crate) struct Repeat {
    pub(crate) schedule: Schedule,
    /// The span of `automatic`, if it is given.
    pub(crate) automatic: Option<Span>,
}

pub(crate) enum Schedule {
    Every(Duration),
    Cron { expression: LitStr, zone: String },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    High,
    Normal,
    Low,
}

impl Policy {
    /// Takes the options, and adds errors to `errors`.
    pub(super) fn read(
        options: &mut Options,
        parameters: &[Parameter],
        errors: &mut Errors,
    ) -> Self {
        Self {
            retry: retry(options, errors),
            discard_failed: options.marker("discard_failed", errors).is_some(),
            timeout: options.duration("timeout", errors),
            repeat: repeat(options, errors),
            limits: limits::read(options, parameters, errors),
            priority: priority(options, errors),
            logged: logged(options, parameters, errors),
        }
    }
}

fn retry(options: &mut Options, errors: &mut Errors) -> Option<Retry> {
    let (_, mut list) = options.group("retry", Owner::Retry, errors)?;
    let attempts = match list.expr("attempts", errors) {
        Some(Expr::Path(path)) if path.path.is_ident("forever") => Attempts::Forever,
        Some(attempts) => Attempts::Number(Box::new(attempts)),
        None => {
            if !list.has_refused() {
                errors.span(
                    list.span(),
                    "`retry` needs the number of attempts, including the first: \
                     `retry(attempts = 3)` or `retry(attempts = forever)`",
                );
            }
            return None;
        }
    };
    let delay = list.duration("delay", errors);
    let pause = match list.expr("backoff", errors) {
        Some(backoff) if delay.is_some() => {
            errors.at(
                backoff,
                "`delay` and `backoff` exclude each other: write `delay` for a constant pause or \
                 `backoff` for a growing one",
            );
            None
        }
        Some(backoff) => growing(backoff, errors),
        None => delay.map(Pause::Constant),
    };
    Some(Retry {
        attempts,
        pause,
        jitter: list.marker("jitter", errors).is_some(),
        only_if: list.path("only_if", errors),
    })
}

/// Reads `"1s".."1m"`.
fn growing(backoff: Expr, errors: &mut Errors) -> Option<Pause> {
    let span = backoff.span();
    let ends = match backoff {
        Expr::Range(range) => range.start.zip(range.end),
        _ => None,
    };
    let Some((start, end)) = ends else {
        let message =
            "option `backoff` takes a range of durations: write `backoff = \"1s\"..\"1m\"`";
        errors.span(span, message);
        return None;
    };
    let start = Duration::read("backoff", *start, errors)?;
    let end = Duration::read("backoff", *end, errors)?;
    Some(Pause::Growing(start, end, span))
}

fn repeat(options: &mut Options, errors: &mut Errors) -> Option<Repeat> {
    let perpetual = options.group("perpetual", Owner::Perpetual, errors);
    let cron = options.call("cron", Owner::Cron, errors);
    if let (Some(_), Some(cron)) = (&perpetual, &cron) {
        errors.span(
            cron.span,
            "`perpetual` and `cron` exclude each other: remove one of them",
        );
        return None;
    }
    if let Some((span, mut list)) = perpetual {
        let automatic = list.marker("automatic", errors);
        let Some(every) = list.expr("every", errors) else {
            if !list.has_refused() {
                errors.span(
                    span,
                    "`perpetual` needs the pause between two runs: `perpetual(every = \"1h\")`",
                );
            }
            return None;
        };
        let schedule = Schedule::Every(Duration::read("every", every, errors)?);
        return Some(Repeat {
            schedule,
            automatic,
        });
    }
    let mut cron = cron?;
    let Expr::Lit(ExprLit {
        lit: Lit::Str(expression),
        ..
    }) = cron.first
    else {
        errors.span(
            cron.span,
            "`cron` needs a cron expression as its first argument: `cron(\"0 3 * * *\")`",
        );
        return None;
    };
    if let Some(problem) = expression_problem(&expression.value()) {
        let message = format!(
            "`{}` is not a cron expression: {problem}",
            expression.value()
        );
        errors.span(expression.span(), message);
    }
    let automatic = cron.options.marker("automatic", errors);
    let zone = cron.options.text("tz", errors);
    if let Some(zone) = &zone
        && let Some(fix) = zone_problem(&zone.value())
    {
        let message = format!("`{}` is not a time zone: {fix}", zone.value());
        errors.span(zone.span(), message);
    }
    let zone = zone.map_or_else(|| "UTC".to_owned(), |zone| zone.value());
    Some(Repeat {
        schedule: Schedule::Cron { expression, zone },
        automatic,
    })
}

fn priority(options: &mut Options, errors: &mut Errors) -> Option<Priority> {
    let option = options.take("priority")?;
    let levels = [
        ("high", Priority::High),
        ("normal", Priority::Normal),
        ("low", Priority::Low),
    ];
    let level = option.as_path().and_then(|path| {
        let is_named = |(name, _): &&(&str, Priority)| path.is_ident(name);
        levels.iter().find(is_named)
    });
    if level.is_none() {
        option.refuse(errors);
    }
    level.map(|(_, level)| *level)
}

fn logged(
    options: &mut Options,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Option<Vec<NamedArgument>> {
    let span = options.name("logged")?.span();
    let mut arguments = Vec::new();
    for expr in options.list("logged", errors) {
        match &expr {
            Expr::Path(path) => {
                arguments.extend(NamedArgument::find(&path.path, parameters, errors));
            }
            _ => errors.span(
                span,
                "option `logged` takes names of arguments: write `logged(argument, …)`",
            ),
        }
    }
    Some(arguments)
}

//! The options of `#[task]` that limit the number of runs and the time of their start.

use syn::Expr;

use crate::errors::Errors;
use crate::model::named_argument::NamedArgument;
use crate::model::parameter::Parameter;
use crate::parse::duration::Duration;
use crate::parse::options::owner::Owner;
use crate::parse::options::{Call, Options};

/// One limit.
pub(crate) struct Limit {
    pub(crate) kind: LimitKind,
    /// The argument whose values divide the limit into lanes.
    pub(crate) by: Option<NamedArgument>,
}

pub(crate) enum LimitKind {
    /// The maximum number of runs at once.
    Concurrency(Box<Expr>),
    /// The maximum number of starts within a duration.
    RateLimit(Box<Expr>, Duration),
    /// The time without a new call after which a run starts.
    Debounce(Duration),
    /// The time after a call during which further calls start no run.
    Cooldown(Duration),
}

impl LimitKind {
    /// Returns the name of the option and of the field.
    pub(crate) fn option(&self) -> &'static str {
        let owner = match self {
            Self::Concurrency(_) => Owner::Concurrency,
            Self::RateLimit(..) => Owner::RateLimit,
            Self::Debounce(_) => Owner::Debounce,
            Self::Cooldown(_) => Owner::Cooldown,
        };
        owner.name()
    }
}

/// Takes the options of all limits, and adds errors to `errors`.
pub(super) fn read(
    options: &mut Options,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Vec<Limit> {
    let mut limits = Vec::new();
    let mut take = |owner: Owner, errors: &mut Errors| options.call(owner.name(), owner, errors);
    if let Some(call) = take(Owner::Concurrency, errors) {
        let kind = |call: &mut Call, _: &mut Errors| {
            Some(LimitKind::Concurrency(Box::new(call.first.clone())))
        };
        limits.extend(limit(call, "per", kind, parameters, errors));
    }
    if let Some(call) = take(Owner::RateLimit, errors) {
        limits.extend(limit(call, "by", rate_limit, parameters, errors));
    }
    if let Some(call) = take(Owner::Debounce, errors) {
        let kind = |call: &mut Call, errors: &mut Errors| {
            let pause = Duration::read("debounce", call.first.clone(), errors)?;
            Some(LimitKind::Debounce(pause))
        };
        limits.extend(limit(call, "by", kind, parameters, errors));
    }
    if let Some(call) = take(Owner::Cooldown, errors) {
        let kind = |call: &mut Call, errors: &mut Errors| {
            let pause = Duration::read("cooldown", call.first.clone(), errors)?;
            Some(LimitKind::Cooldown(pause))
        };
        limits.extend(limit(call, "by", kind, parameters, errors));
    }
    limits
}

/// Reads one limit. `argument` is the name of the option (`per` or `by`) that divides it into lanes.
fn limit(
    mut call: Call,
    argument: &str,
    kind: impl FnOnce(&mut Call, &mut Errors) -> Option<LimitKind>,
    parameters: &[Parameter],
    errors: &mut Errors,
) -> Option<Limit> {
    let kind = kind(&mut call, errors);
    let by = call.options.path(argument, errors);
    let by = by.and_then(|by| NamedArgument::find(&by, parameters, errors));
    Some(Limit { kind: kind?, by })
}

fn rate_limit(call: &mut Call, errors: &mut Errors) -> Option<LimitKind> {
    let Some(per) = call.options.expr("per", errors) else {
        if !call.options.has_refused() {
            errors.span(
                call.span,
                format!("`rate_limit` needs a duration: write `{}`", call.usage),
            );
        }
        return None;
    };
    let per = Duration::read("per", per, errors)?;
    Some(LimitKind::RateLimit(Box::new(call.first.clone()), per))
}

//! The options of `#[arg(…)]` that limit an argument, or show more of it.
//!
//! Whether the parameter's type can have an option, types decide; see `fastmcp`'s `rules`.

use proc_macro2::Ident;
use syn::{Expr, ExprRange, LitStr, RangeLimits};

use crate::errors::Errors;
use crate::parse::options::Options;

/// What was given, each with the name of the option that gave it.
#[derive(Default)]
pub(crate) struct Limits {
    pub(crate) min: Option<(Ident, Expr)>,
    pub(crate) max: Option<(Ident, Expr)>,
    pub(crate) min_length: Option<(Ident, Expr)>,
    pub(crate) max_length: Option<(Ident, Expr)>,
    pub(crate) pattern: Option<(Ident, LitStr)>,
    pub(crate) header: Option<(Ident, LitStr)>,
    pub(crate) examples: Vec<Expr>,
    pub(crate) deprecated: bool,
}

impl Limits {
    /// Takes the options that this is made of.
    pub(crate) fn read(options: &mut Options, errors: &mut Errors) -> Self {
        let mut limits = Self::default();
        let mut one = |name: &str, errors: &mut Errors| {
            let ident = options.name(name)?;
            options.expr(name, errors).map(|expr| (ident, expr))
        };
        limits.min = one("min", errors);
        limits.max = one("max", errors);
        if let Some((ident, expr)) = one("range", errors) {
            if let Some((other, _)) = limits.min.as_ref().or(limits.max.as_ref()) {
                errors.span(
                    other.span(),
                    format!("`range` says this already: take `{other}` or `range` away"),
                );
            }
            (limits.min, limits.max) = ends(&ident, expr, "1..=10", errors);
        }
        if let Some((ident, expr)) = one("length", errors) {
            (limits.min_length, limits.max_length) = match expr {
                expr @ Expr::Range(_) => ends(&ident, expr, "1..=100", errors),
                // `length = 3`: exactly that.
                expr => (Some((ident.clone(), expr.clone())), Some((ident, expr))),
            };
        }
        limits.pattern = options
            .name("pattern")
            .and_then(|ident| Some((ident, options.text("pattern", errors)?)));
        limits.header = options
            .name("header")
            .and_then(|ident| Some((ident, options.text("header", errors)?)));
        if let Some((_, header)) = &limits.header {
            check_header(header, errors);
        }
        limits.examples = options.list("examples", "…, …", errors);
        limits.deprecated = options.mark("deprecated", errors);
        limits
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.min.is_none()
            && self.max.is_none()
            && self.min_length.is_none()
            && self.max_length.is_none()
            && self.pattern.is_none()
            && self.header.is_none()
            && self.examples.is_empty()
            && !self.deprecated
    }
}

type End = Option<(Ident, Expr)>;

/// The ends of a range of limits, which both count.
fn ends(ident: &Ident, expr: Expr, example: &str, errors: &mut Errors) -> (End, End) {
    let Expr::Range(range) = expr else {
        errors.at(
            &expr,
            format!("option `{ident}` takes a range: `{ident} = {example}`"),
        );
        return (None, None);
    };
    let ExprRange {
        start, end, limits, ..
    } = &range;
    if let (RangeLimits::HalfOpen(dots), Some(_)) = (limits, end) {
        errors.at(
            dots,
            format!("the last value of `{ident}` counts: write `..=`, as in `{ident} = {example}`"),
        );
    }
    if start.is_none() && end.is_none() {
        errors.at(&range, format!("`{ident} = ..` limits nothing"));
    }
    let named = |end: Option<Box<Expr>>| end.map(|end| (ident.clone(), *end));
    (named(range.start), named(range.end))
}

/// A header's name is a token of HTTP.
fn check_header(header: &LitStr, errors: &mut Errors) {
    let name = header.value();
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    if name.is_empty() || !name.chars().all(is_token) {
        errors.at(
            header,
            format!(
                "`{name}` cannot be part of the name of an HTTP header: use letters, digits and `-`"
            ),
        );
    }
}

//! The options of `#[arg(…)]` that constrain an argument or extend its schema.
//!
//! The check that an option fits the type of the parameter is in `fastmcp`, because it depends on the type.

use proc_macro2::Ident;
use syn::{Expr, ExprRange, LitStr, RangeLimits};

use crate::errors::Errors;
use crate::parse::options::Options;

/// The constraints that were given. Most are stored with the name of their option, for its span.
#[derive(Default)]
pub(crate) struct Constraints {
    pub(crate) min: Option<(Ident, Expr)>,
    pub(crate) max: Option<(Ident, Expr)>,
    pub(crate) min_length: Option<(Ident, Expr)>,
    pub(crate) max_length: Option<(Ident, Expr)>,
    pub(crate) pattern: Option<(Ident, LitStr)>,
    pub(crate) header: Option<(Ident, LitStr)>,
    pub(crate) examples: Vec<Expr>,
    pub(crate) deprecated: bool,
}

impl Constraints {
    /// Takes the options of the parameter called `parameter`.
    pub(super) fn read(options: &mut Options, parameter: &str, errors: &mut Errors) -> Self {
        let mut read = Self::default();
        let mut named = |name: &str, errors: &mut Errors| {
            let ident = options.name(name)?;
            options.expr(name, errors).map(|expr| (ident, expr))
        };
        read.min = named("min", errors);
        read.max = named("max", errors);
        if let Some((ident, expr)) = named("range", errors) {
            if let Some((other, _)) = read.min.as_ref().or(read.max.as_ref()) {
                errors.span(
                    other.span(),
                    format!(
                        "parameter `{parameter}`: `{other}` and `range` set the same limit: remove one of them"
                    ),
                );
            }
            (read.min, read.max) = ends(parameter, &ident, expr, errors);
        }
        if let Some((ident, expr)) = named("length", errors) {
            (read.min_length, read.max_length) = match expr {
                expr @ Expr::Range(_) => ends(parameter, &ident, expr, errors),
                // `length = 3` sets an exact length.
                expr => (Some((ident.clone(), expr.clone())), Some((ident, expr))),
            };
        }
        read.pattern = options
            .name("pattern")
            .and_then(|ident| Some((ident, options.text("pattern", errors)?)));
        read.header = options
            .name("header")
            .and_then(|ident| Some((ident, options.text("header", errors)?)));
        if let Some((_, header)) = &read.header {
            check_header(parameter, header, errors);
        }
        read.examples = options.list("examples", errors);
        read.deprecated = options.marker("deprecated", errors).is_some();
        read
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

/// Returns the ends of an inclusive range.
fn ends(parameter: &str, ident: &Ident, expr: Expr, errors: &mut Errors) -> (End, End) {
    let example = if ident == "length" {
        "1..=100"
    } else {
        "1..=10"
    };
    let Expr::Range(range) = expr else {
        errors.at(
            &expr,
            format!(
                "parameter `{parameter}`: `{ident}` takes a range: write `{ident} = {example}`"
            ),
        );
        return (None, None);
    };
    let ExprRange {
        start, end, limits, ..
    } = &range;
    if let (RangeLimits::HalfOpen(dots), Some(_)) = (limits, end) {
        errors.at(
            dots,
            format!(
                "parameter `{parameter}`: `{ident}` takes an inclusive range: write `..=`, as in \
                 `{ident} = {example}`"
            ),
        );
    }
    if start.is_none() && end.is_none() {
        errors.at(
            &range,
            format!(
                "parameter `{parameter}`: `{ident} = ..` sets no limit: write `{ident} = {example}`"
            ),
        );
    }
    let named = |end: Option<Box<Expr>>| end.map(|end| (ident.clone(), *end));
    (named(range.start), named(range.end))
}

/// Requires a valid name of an HTTP header (a `token` of RFC 9110).
fn check_header(parameter: &str, header: &LitStr, errors: &mut Errors) {
    let name = header.value();
    let is_token =
        |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    if name.is_empty() || !name.chars().all(is_token) {
        errors.at(
            header,
            format!(
                "parameter `{parameter}`: `{name}` is not a valid HTTP header name: use letters, \
                 digits and `-`"
            ),
        );
    }
}

//! Durations in options: `"30s"`, or an expression of type `Duration`.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// The units, with their length in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// The duration in an option.
pub(crate) enum Duration {
    /// A literal such as `"30s"`, and its span.
    Milliseconds(u64, Span),
    /// An expression, whose type rustc checks.
    Expression(Box<Expr>),
}

impl Duration {
    /// Reads the value of `option`. Adds an error for an invalid literal.
    pub(crate) fn read(option: &str, expr: Expr, errors: &mut Errors) -> Option<Self> {
        let Expr::Lit(ExprLit { lit, .. }) = expr else {
            return Some(Self::Expression(Box::new(expr)));
        };
        let Lit::Str(text) = lit else {
            let message =
                format!("option `{option}` takes a duration with its unit, such as `\"30s\"`");
            errors.at(lit, message);
            return None;
        };
        let Some(milliseconds) = milliseconds(&text) else {
            errors.span(
                text.span(),
                format!(
                    "`{}` is not a duration: write a number above zero and a unit (`ms`, `s`, `m`, \
                     `h` or `d`), such as `\"30s\"`",
                    text.value()
                ),
            );
            return None;
        };
        Some(Self::Milliseconds(milliseconds, text.span()))
    }
}

fn milliseconds(text: &LitStr) -> Option<u64> {
    let text = text.value();
    let unit = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    (milliseconds > 0).then_some(milliseconds)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        let parse = |text: &str| milliseconds(&LitStr::new(text, Span::call_site()));
        assert_eq!(parse("250ms"), Some(250));
        assert_eq!(parse("30s"), Some(30_000));
        assert_eq!(parse("2 h"), Some(7_200_000));
        for text in [
            "",
            "30",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "1w",
            "99999999999999999999d",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

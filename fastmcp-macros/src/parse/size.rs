//! Sizes as options take them: `"100kB"`, or an expression of type `usize`.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// The bytes in each unit.
const UNITS: [(&str, u64); 5] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
];

/// A size that was written in an option.
pub(crate) enum Size {
    /// A literal such as `"100kB"`, and its span.
    Bytes(u32, Span),
    /// An expression, whose type rustc checks.
    Expression(Box<Expr>),
}

impl Size {
    /// Reads the value of `option`. An invalid literal goes into `errors`.
    pub(crate) fn read(option: &str, expr: Expr, errors: &mut Errors) -> Option<Self> {
        let Expr::Lit(ExprLit { lit, .. }) = expr else {
            return Some(Self::Expression(Box::new(expr)));
        };
        let Lit::Str(text) = lit else {
            let message =
                format!("option `{option}` takes a size with its unit, such as `\"100kB\"`");
            errors.at(lit, message);
            return None;
        };
        let Some(bytes) = bytes(&text) else {
            errors.span(
                text.span(),
                format!(
                    "`{}` is not a size: write a number above zero and a unit (`B`, `kB`, `MB`, \
                     `KiB` or `MiB`), below 4 GiB, such as `\"100kB\"`",
                    text.value()
                ),
            );
            return None;
        };
        Some(Self::Bytes(bytes, text.span()))
    }
}

fn bytes(text: &LitStr) -> Option<u32> {
    let text = text.value();
    let unit = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let bytes = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    // `usize` has 32 bits on some targets.
    u32::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn a_size_is_a_number_and_a_unit() {
        let parse = |text: &str| bytes(&LitStr::new(text, Span::call_site()));
        assert_eq!(parse("512B"), Some(512));
        assert_eq!(parse("100kB"), Some(100_000));
        assert_eq!(parse("2 MiB"), Some(2 << 20));
        for text in [
            "", "100", "kB", "0kB", "-1kB", "1.5MB", "1GB", "1k", "1KB", "5000MB",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

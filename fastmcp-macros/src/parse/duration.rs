//! Lengths of time as options spell them: `"30s"`, or an expression of type `Duration`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;

/// The milliseconds in each unit.
const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// An expression of type `Duration`; `None` if a text is not one, which goes into `errors`.
pub(crate) fn tokens(option: &str, expr: &Expr, errors: &mut Errors) -> Option<TokenStream> {
    let text = match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text,
        Expr::Lit(other) => {
            let message =
                format!("`{option}` is a length of time with its unit, such as `\"30s\"`");
            errors.at(other, message);
            return None;
        }
        // Spells: the user's own expression.
        expr => return Some(quote!(#expr)),
    };
    let Some(milliseconds) = parse(text) else {
        errors.span(
            text.span(),
            format!(
                "`{}` is no length of time: write a number above zero and one of `ms`, `s`, `m`, \
                 `h`, `d`, such as `\"30s\"`",
                text.value()
            ),
        );
        return None;
    };
    let span = expr.span();
    // Spells: `Duration::from_millis(30000)`.
    Some(quote::quote_spanned!(span=> ::core::time::Duration::from_millis(#milliseconds)))
}

fn parse(text: &LitStr) -> Option<u64> {
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
    fn a_number_and_a_unit() {
        let parse = |text: &str| parse(&LitStr::new(text, Span::call_site()));
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

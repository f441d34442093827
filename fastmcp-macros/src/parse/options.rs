//! The options between the parentheses of an attribute.
//!
//! Each attribute has a table of the options that it takes; an option that is not in the table is
//! refused with the nearest one that is.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token, parenthesized, token};

use crate::errors::Errors;

/// One option as it is written.
pub(crate) struct Given {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// What is written behind an option's name.
pub(crate) enum Value {
    /// Nothing: `read_only`.
    None,
    /// `= expression`.
    Expr(Expr),
    /// `(options)`.
    List(TokenStream),
}

/// The options of one attribute.
pub(crate) struct Options {
    given: Vec<Given>,
    span: Span,
    is_sound: bool,
}

impl Options {
    /// Reads the options of `#[attribute(…)]`, of which `known` are the legal ones.
    pub(crate) fn parse(
        attribute: &str,
        known: &[&str],
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> Self {
        let span = tokens.span();
        let list = |input: ParseStream<'_>| {
            Punctuated::<Given, Token![,]>::parse_terminated_with(input, given)
        };
        let given = list.parse2(tokens).unwrap_or_else(|error| {
            errors.push(error);
            Punctuated::new()
        });
        let mut options = Self {
            given: Vec::new(),
            span,
            is_sound: true,
        };
        for option in given {
            let name = option.name.to_string();
            if !known.contains(&name.as_str()) {
                options.is_sound = false;
                errors.span(option.name.span(), unknown(attribute, &name, known));
            } else if options.given.iter().any(|other| other.name == option.name) {
                errors.span(
                    option.name.span(),
                    format!("option `{name}` is given twice"),
                );
            } else {
                options.given.push(option);
            }
        }
        options
    }

    /// Takes an option out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Given> {
        let index = self.given.iter().position(|option| option.name == name)?;
        Some(self.given.swap_remove(index))
    }

    /// Where the options are.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Whether all that is given is known. Where something was refused, what is missing may be
    /// what was meant, and is no second error.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// Takes an option without a value; where it is.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Span> {
        let option = self.take(name)?;
        if let Some(span) = option.value.span() {
            errors.span(
                span,
                format!("option `{name}` takes no value: write `{name}` alone"),
            );
        }
        Some(option.name.span())
    }

    /// Takes an option whose value is a string literal.
    pub(crate) fn text(&mut self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        let option = self.take(name)?;
        match option.value {
            Value::Expr(Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            })) => Some(text),
            value => {
                let span = value.span().unwrap_or_else(|| option.name.span());
                errors.span(
                    span,
                    format!("option `{name}` takes a text: `{name} = \"…\"`"),
                );
                None
            }
        }
    }

    /// Takes an option whose value is any expression.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        let option = self.take(name)?;
        if let Value::Expr(expr) = option.value {
            Some(expr)
        } else {
            errors.span(
                option.name.span(),
                format!("option `{name}` takes a value: `{name} = …`"),
            );
            None
        }
    }

    /// Takes an option whose value is a path.
    pub(crate) fn path(&mut self, name: &str, errors: &mut Errors) -> Option<Path> {
        let option = self.take(name)?;
        match option.value {
            Value::Expr(Expr::Path(path)) => Some(path.path),
            value => {
                let span = value.span().unwrap_or_else(|| option.name.span());
                errors.span(
                    span,
                    format!("option `{name}` takes a path: `{name} = some::path`"),
                );
                None
            }
        }
    }
}

impl Value {
    fn span(&self) -> Option<Span> {
        match self {
            Self::None => None,
            Self::Expr(expr) => Some(expr.span()),
            Self::List(tokens) => Some(tokens.span()),
        }
    }
}

fn given(input: ParseStream<'_>) -> syn::Result<Given> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected an option, such as `name = \"…\"`"));
    }
    let name = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        // `crate = crate::path`: keywords start paths too, which `Expr` knows.
        Value::Expr(input.parse()?)
    } else if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        Value::List(list.parse()?)
    } else {
        Value::None
    };
    Ok(Given { name, value })
}

/// The text for an option that does not exist.
fn unknown(attribute: &str, name: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, nearest)) = nearest {
        return format!("unknown option `{name}`; did you mean `{nearest}`?");
    }
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    format!(
        "unknown option `{name}`; `#[{attribute}]` takes {}",
        known.join(", ")
    )
}

//! The options between the parentheses of an attribute.
//!
//! Each attribute has a table of the options that it takes; an option that is not in the table is
//! refused with the nearest one that is.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token, Type};

mod unknown;
mod value;

pub(crate) use self::value::{Given, Json, Value};
use crate::errors::Errors;

/// The options of one attribute.
#[derive(Default)]
pub(crate) struct Options {
    given: Vec<Given>,
    span: Option<Span>,
    /// Whether something was refused.
    is_unsound: bool,
}

impl Options {
    /// Reads the options of `#[attribute(…)]`, of which `known` are the legal ones; the options of an
    /// option `name` are those of `name(…)`.
    pub(crate) fn parse(
        attribute: &str,
        known: &[&str],
        tokens: TokenStream,
        errors: &mut Errors,
    ) -> Self {
        let span = tokens.span();
        let list = |input: ParseStream<'_>| {
            Punctuated::<Given, Token![,]>::parse_terminated_with(input, value::given)
        };
        let given = list.parse2(tokens).unwrap_or_else(|error| {
            errors.push(error);
            Punctuated::new()
        });
        let mut options = Self {
            given: Vec::new(),
            span: Some(span),
            is_unsound: false,
        };
        for option in given {
            let name = option.name.to_string();
            if !known.contains(&name.as_str()) {
                options.is_unsound = true;
                errors.span(
                    option.name.span(),
                    unknown::message(attribute, &name, known),
                );
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
        self.span.unwrap_or_else(Span::call_site)
    }

    /// Whether all that is given is known. Where something was refused, what is missing may be
    /// what was meant, and is no second error.
    pub(crate) fn is_sound(&self) -> bool {
        !self.is_unsound
    }

    /// Takes an option without a value; where it is.
    pub(crate) fn word(&mut self, name: &str, errors: &mut Errors) -> Option<Span> {
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

    /// The name of an option as it was written, if it was.
    pub(crate) fn name(&self, name: &str) -> Option<Ident> {
        let option = self.given.iter().find(|option| option.name == name)?;
        Some(option.name.clone())
    }

    /// Takes an option whose value is any expression.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        let option = self.take(name)?;
        match option.value {
            Value::Expr(expr) => Some(expr),
            Value::Braced(tokens) => syn::parse2(tokens).map_err(|error| errors.push(error)).ok(),
            _ => {
                errors.span(
                    option.name.span(),
                    format!("option `{name}` takes a value: `{name} = …`"),
                );
                None
            }
        }
    }

    /// The same of an option that may stand without a value, which is `T::default()` then.
    pub(crate) fn expr_or_default(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        let is_alone = |option: &&Given| option.name == name && matches!(option.value, Value::None);
        if let Some(option) = self.given.iter().find(is_alone) {
            let span = option.name.span();
            self.take(name);
            return Some(syn::parse_quote_spanned!(span=> ::core::default::Default::default()));
        }
        self.expr(name, errors)
    }

    /// Takes an option that is on where it stands, or `= ` an expression of type `bool`.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        let option = self.take(name)?;
        let message = format!("option `{name}` is a flag: write `{name}`, or `{name} = false`");
        match option.value {
            Value::None => Some(syn::parse_quote!(true)),
            Value::Expr(Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Bool(_)) => {
                errors.at(lit, message);
                None
            }
            Value::Expr(expr) => Some(expr),
            Value::Braced(_) | Value::Type(_) | Value::List(_) => {
                errors.span(option.name.span(), message);
                None
            }
        }
    }

    /// Takes an option that has no value.
    pub(crate) fn mark(&mut self, name: &str, errors: &mut Errors) -> bool {
        let Some(option) = self.take(name) else {
            return false;
        };
        if let Some(span) = option.value.span() {
            errors.span(
                span,
                format!("option `{name}` has no value: write `{name}`"),
            );
        }
        true
    }

    /// Takes an option whose values stand in parentheses.
    pub(crate) fn list(&mut self, name: &str, example: &str, errors: &mut Errors) -> Vec<Expr> {
        let Some(option) = self.take(name) else {
            return Vec::new();
        };
        let Value::List(tokens) = option.value else {
            errors.span(
                option.value.span().unwrap_or_else(|| option.name.span()),
                format!("option `{name}` takes a list: `{name}({example})`"),
            );
            return Vec::new();
        };
        if tokens.is_empty() {
            errors.span(
                option.name.span(),
                format!(
                    "option `{name}` lists nothing: write `{name}({example})`, or leave it out"
                ),
            );
        }
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens) {
            Ok(list) => list.into_iter().collect(),
            Err(error) => {
                errors.push(error);
                Vec::new()
            }
        }
    }

    /// Takes an option that has options itself.
    pub(crate) fn group(
        &mut self,
        name: &str,
        known: &[&str],
        example: &str,
        errors: &mut Errors,
    ) -> Option<Self> {
        let option = self.take(name)?;
        let Value::List(tokens) = option.value else {
            errors.span(
                option.name.span(),
                format!("option `{name}` takes options: `{name}({example})`"),
            );
            return None;
        };
        Some(Self::parse(&format!("{name}(…)"), known, tokens, errors))
    }

    /// Takes an option whose value is JSON.
    pub(crate) fn json(&mut self, name: &str, errors: &mut Errors) -> Option<Json> {
        let option = self.take(name)?;
        match option.value {
            Value::Braced(tokens) => Some(Json::Literal(tokens)),
            Value::Expr(Expr::Lit(ExprLit { lit, .. })) => {
                errors.at(
                    lit,
                    format!(
                        "option `{name}` takes a JSON object: `{name} = {{ \"key\": \"value\" }}`, or \
                         an expression that gives one"
                    ),
                );
                None
            }
            Value::Expr(expr) => Some(Json::Expr(expr)),
            value => {
                errors.span(
                    value.span().unwrap_or_else(|| option.name.span()),
                    format!("option `{name}` takes JSON: `{name} = {{ \"key\": \"value\" }}`"),
                );
                None
            }
        }
    }

    /// Takes an option whose value is a type, if it is one.
    pub(crate) fn ty(&mut self, name: &str) -> Option<Type> {
        let option = self.take(name)?;
        match option.value {
            Value::Type(ty) => Some(ty),
            _ => {
                self.given.push(option);
                None
            }
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

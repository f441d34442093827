//! [`Options`]: parses a list of options, and converts the value of each.

use proc_macro2::{Span, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr, Path, Token, Type};

use self::accepted::Accepted;
use self::owner::Owner;
use self::unknown::Unknown;
use self::value::{DefaultValue, Given, Json, Value};
use crate::errors::Errors;
use crate::parse::duration::Duration;
use crate::parse::size::Size;
use crate::parse::tokens::split_at_comma;

pub(crate) mod accepted;
pub(crate) mod owner;
pub(crate) mod table;
mod unknown;
pub(crate) mod value;

/// The options of one list.
pub(crate) struct Options {
    accepted: Vec<Accepted>,
    span: Span,
    has_refused: bool,
}

impl Options {
    /// Returns a list without options.
    pub(crate) fn empty() -> Self {
        Self {
            accepted: Vec::new(),
            span: Span::call_site(),
            has_refused: false,
        }
    }

    /// Parses the list of `owner`. Adds errors for unknown and repeated options.
    pub(crate) fn parse(owner: Owner, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self {
            span: tokens.span(),
            ..Self::empty()
        };
        let list = |input: ParseStream<'_>| {
            let mut given = Vec::new();
            while !input.is_empty() {
                given.push(value::given(owner, input)?);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(given)
        };
        let given = list.parse2(tokens).unwrap_or_else(|error| {
            errors.push(error);
            options.has_refused = true;
            Vec::new()
        });
        for Given { name, value } in given {
            let text = name.to_string();
            let Some(spec) = table::find(owner, &text) else {
                options.has_refused = true;
                errors.span(name.span(), Unknown::new(owner, &text));
                continue;
            };
            if options.position(&text).is_some() {
                errors.span(
                    name.span(),
                    format!("option `{text}` is given twice: remove one of them"),
                );
                continue;
            }
            options.accepted.push(Accepted { name, value, spec });
        }
        options
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.accepted.iter().position(|option| option.name == name)
    }

    /// Removes an option from the list and returns it.
    pub(crate) fn take(&mut self, name: &str) -> Option<Accepted> {
        let index = self.position(name)?;
        Some(self.accepted.swap_remove(index))
    }

    /// Returns the span of the list.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// Returns whether an option was refused. It may be a required option that was misspelled, so a
    /// missing required option is then not a second error.
    pub(crate) fn has_refused(&self) -> bool {
        self.has_refused
    }

    /// Returns the name of an option as the user wrote it.
    pub(crate) fn name(&self, name: &str) -> Option<Ident> {
        let index = self.position(name)?;
        Some(self.accepted[index].name.clone())
    }

    /// Takes an option without a value, and returns its span.
    pub(crate) fn marker(&mut self, name: &str, errors: &mut Errors) -> Option<Span> {
        let option = self.take(name)?;
        if option.value.span().is_some() {
            option.refuse(errors);
        }
        Some(option.name.span())
    }

    /// Takes an option whose value is a string literal.
    pub(crate) fn text(&mut self, name: &str, errors: &mut Errors) -> Option<LitStr> {
        self.take(name)?.text(errors)
    }

    /// Takes an option whose value is any expression.
    pub(crate) fn expr(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.take(name)?.expr(errors)
    }

    /// Takes an option as [`Options::expr`] does. Without a value, returns `Default::default()`.
    pub(crate) fn expr_or_default(
        &mut self,
        name: &str,
        errors: &mut Errors,
    ) -> Option<DefaultValue> {
        let option = self.take(name)?;
        if matches!(option.value, Value::None) {
            return Some(DefaultValue::OfType(option.name.span()));
        }
        option.expr(errors).map(DefaultValue::Expr)
    }

    /// Takes an option whose value is a duration.
    pub(crate) fn duration(&mut self, name: &str, errors: &mut Errors) -> Option<Duration> {
        let expr = self.expr(name, errors)?;
        Duration::read(name, expr, errors)
    }

    /// Takes an option whose value is a size.
    pub(crate) fn size(&mut self, name: &str, errors: &mut Errors) -> Option<Size> {
        let expr = self.expr(name, errors)?;
        Size::read(name, expr, errors)
    }

    /// Takes a flag. Its value is an expression of type `bool`, and `true` if it is omitted.
    pub(crate) fn flag(&mut self, name: &str, errors: &mut Errors) -> Option<Expr> {
        self.take(name)?.flag(errors)
    }

    /// Takes an option with values in parentheses.
    pub(crate) fn list(&mut self, name: &str, errors: &mut Errors) -> Vec<Expr> {
        let option = self.take(name);
        option.map(|it| it.list(errors)).unwrap_or_default()
    }

    /// Takes an option whose value is JSON.
    pub(crate) fn json(&mut self, name: &str, errors: &mut Errors) -> Option<Json> {
        self.take(name)?.json(errors)
    }

    /// Takes an option if its value is a type.
    pub(crate) fn ty(&mut self, name: &str) -> Option<Type> {
        let index = self.position(name)?;
        let ty = match &self.accepted[index].value {
            Value::Type(ty) => ty.clone(),
            _ => return None,
        };
        self.accepted.swap_remove(index);
        Some(ty)
    }

    /// Takes an option whose value is a path.
    pub(crate) fn path(&mut self, name: &str, errors: &mut Errors) -> Option<Path> {
        let option = self.take(name)?;
        let path = option.as_path().cloned();
        if path.is_none() {
            option.refuse(errors);
        }
        path
    }

    /// Takes an option whose value is the list of options of `owner`. Returns the list and the span of the
    /// option.
    pub(crate) fn group(
        &mut self,
        name: &str,
        owner: Owner,
        errors: &mut Errors,
    ) -> Option<(Span, Self)> {
        let option = self.take(name)?;
        let span = option.name.span();
        let Value::List(tokens) = option.value else {
            option.refuse_whole(errors);
            return None;
        };
        Some((span, Self::parse(owner, tokens, errors)))
    }

    /// Takes an option whose value is one expression, followed by options of `owner`. The form `name = value`
    /// is accepted too.
    pub(crate) fn call(&mut self, name: &str, owner: Owner, errors: &mut Errors) -> Option<Call> {
        let option = self.take(name)?;
        let span = option.name.span();
        let usage = option.spec.usage();
        let (first, rest) = match option.value {
            Value::List(tokens) => split_at_comma(tokens),
            Value::Expr(expr) => {
                let options = Self::parse(owner, TokenStream::new(), errors);
                return Some(Call {
                    span,
                    usage,
                    first: expr,
                    options,
                });
            }
            Value::None | Value::Braced(_) | Value::Type(_) => {
                errors.span(span, option.spec.refusal());
                return None;
            }
        };
        // In `concurrency(per = customer)`, the value is missing, and `per = customer` parses as an
        // assignment.
        let first = syn::parse2::<Expr>(first).ok();
        let Some(first) = first.filter(|first| !matches!(first, Expr::Assign(_))) else {
            errors.span(span, option.spec.refusal());
            return None;
        };
        let options = Self::parse(owner, rest, errors);
        Some(Call {
            span,
            usage,
            first,
            options,
        })
    }
}

/// An option whose value is one expression, followed by options: `debounce("2s", by = customer)`.
pub(crate) struct Call {
    /// The span of the name.
    pub(crate) span: Span,
    /// An example of the whole option.
    pub(crate) usage: String,
    pub(crate) first: Expr,
    pub(crate) options: Options,
}

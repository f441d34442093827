//! [`Accepted`]: an option in a list that accepts it, and the conversions of its value.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

use super::table::Spec;
use super::value::{Json, Value};
use crate::errors::Errors;

/// An option in a list that accepts it.
pub(crate) struct Accepted {
    pub(crate) name: Ident,
    pub(crate) value: Value,
    pub(super) spec: &'static Spec,
}

impl Accepted {
    /// Adds the error for an invalid value, with the span of the value.
    pub(crate) fn refuse(&self, errors: &mut Errors) {
        let span = self.value.span().unwrap_or_else(|| self.name.span());
        errors.span(span, self.spec.refusal());
    }

    /// Adds the error for an invalid value, with the span of the name.
    pub(crate) fn refuse_whole(&self, errors: &mut Errors) {
        errors.span(self.name.span(), self.spec.refusal());
    }

    /// Returns the value, if it is a path.
    pub(crate) fn as_path(&self) -> Option<&Path> {
        match &self.value {
            Value::Expr(Expr::Path(path)) => Some(&path.path),
            _ => None,
        }
    }

    /// Returns the value, which has to be a string literal.
    pub(super) fn text(self, errors: &mut Errors) -> Option<LitStr> {
        if let Value::Expr(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) = &self.value
        {
            return Some(text.clone());
        }
        self.refuse(errors);
        None
    }

    /// Returns the value, which may be any expression.
    pub(super) fn expr(self, errors: &mut Errors) -> Option<Expr> {
        match self.value {
            Value::Expr(expr) => Some(expr),
            Value::Braced(tokens) => syn::parse2(tokens).map_err(|error| errors.push(error)).ok(),
            Value::None | Value::Type(_) | Value::List(_) => {
                self.refuse_whole(errors);
                None
            }
        }
    }

    /// Returns the value of a flag.
    pub(super) fn flag(self, errors: &mut Errors) -> Option<Expr> {
        match &self.value {
            Value::None => return Some(syn::parse_quote!(true)),
            Value::Expr(Expr::Lit(ExprLit { lit, .. })) if !matches!(lit, Lit::Bool(_)) => {}
            Value::Expr(expr) => return Some(expr.clone()),
            Value::Braced(_) | Value::Type(_) | Value::List(_) => {}
        }
        self.refuse(errors);
        None
    }

    /// Returns the values in parentheses.
    pub(super) fn list(self, errors: &mut Errors) -> Vec<Expr> {
        let Value::List(tokens) = &self.value else {
            self.refuse(errors);
            return Vec::new();
        };
        if tokens.is_empty() {
            let (name, usage) = (self.spec.name, self.spec.usage());
            errors.span(
                self.name.span(),
                format!("option `{name}` is empty: write `{usage}`, or leave it out"),
            );
        }
        match Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            Ok(list) => list.into_iter().collect(),
            Err(error) => {
                errors.push(error);
                Vec::new()
            }
        }
    }

    /// Returns the value, which has to be JSON.
    pub(super) fn json(self, errors: &mut Errors) -> Option<Json> {
        match &self.value {
            Value::Braced(tokens) => return Some(Json::Literal(tokens.clone())),
            Value::Expr(expr) if !matches!(expr, Expr::Lit(_)) => {
                return Some(Json::Expr(expr.clone()));
            }
            Value::Expr(_) | Value::None | Value::Type(_) | Value::List(_) => {}
        }
        self.refuse(errors);
        None
    }
}

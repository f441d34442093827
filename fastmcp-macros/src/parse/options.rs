//! The options between the parentheses of an attribute.
//!
//! Each attribute has a table of the options that it takes; an option that is not in the table is
//! refused with the nearest one that is.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token, Type, parenthesized, token};

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
    /// `= { … }`: JSON, or a block.
    Braced(TokenStream),
    /// `= HashMap<String, u32>`, of an option that takes a type.
    Type(Type),
    /// `(options)`.
    List(TokenStream),
}

/// JSON, as an option's value.
pub(crate) enum Json {
    /// `{ "written": "out" }`.
    Literal(TokenStream),
    /// An expression that gives it.
    Expr(Expr),
}

/// The options whose value may be a type.
const TYPED: [&str; 1] = ["output_schema"];

/// The options of one attribute.
#[derive(Default)]
pub(crate) struct Options {
    given: Vec<Given>,
    span: Option<Span>,
    /// Whether something was refused.
    is_unsound: bool,
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
            span: Some(span),
            is_unsound: false,
        };
        for option in given {
            let name = option.name.to_string();
            if !known.contains(&name.as_str()) {
                options.is_unsound = true;
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
        Some(Self::parse(name, known, tokens, errors))
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

impl Value {
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::None => None,
            Self::Expr(expr) => Some(expr.span()),
            Self::Type(ty) => Some(ty.span()),
            Self::Braced(tokens) | Self::List(tokens) => Some(tokens.span()),
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
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(
                name.span(),
                format!("option `{name}` lacks its value behind `=`"),
            ));
        }
        value(&name, input)?
    } else if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        Value::List(list.parse()?)
    } else {
        Value::None
    };
    Ok(Given { name, value })
}

/// What stands behind `=`.
fn value(name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(token::Brace) {
        let braced: proc_macro2::Group = input.parse()?;
        return Ok(Value::Braced(braced.into_token_stream()));
    }
    if TYPED.iter().any(|typed| name == typed) {
        let ahead = input.fork();
        let ty = ahead.parse::<Type>();
        let ends = ahead.is_empty() || ahead.peek(Token![,]);
        if let Some(ty) = ty.ok().filter(|ty| ends && !is_expression(ty)) {
            input.advance_to(&ahead);
            return Ok(Value::Type(ty));
        }
    }
    // `crate = crate::path`: keywords start paths too, which `Expr` knows.
    Ok(Value::Expr(input.parse()?))
}

/// Whether what was read as a type is a call, a macro's or a function's.
fn is_expression(ty: &Type) -> bool {
    match ty {
        Type::Macro(_) | Type::Paren(_) => true,
        Type::Path(path) => path
            .path
            .segments
            .iter()
            .any(|segment| matches!(segment.arguments, syn::PathArguments::Parenthesized(_))),
        _ => false,
    }
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

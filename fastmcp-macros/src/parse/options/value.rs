//! The syntax of one option: its name and its value.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Token, Type, parenthesized, token};

use super::owner::Owner;
use super::table::{self, Form, Spec};

/// One option in a list.
pub(crate) struct Given {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// The part of an option after its name.
pub(crate) enum Value {
    /// Nothing: `read_only`.
    None,
    /// `= expression`.
    Expr(Expr),
    /// `= { … }`: JSON, or a block.
    Braced(TokenStream),
    /// `= HashMap<String, u32>`, where an option takes a type.
    Type(Type),
    /// `(options)`.
    List(TokenStream),
}

/// JSON as the value of an option.
pub(crate) enum Json {
    /// `{ "key": "value" }`.
    Literal(TokenStream),
    /// An expression that returns JSON.
    Expr(Expr),
}

impl Value {
    /// Returns the span of the value, if there is one.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::None => None,
            Self::Expr(expr) => Some(expr.span()),
            Self::Type(ty) => Some(ty.span()),
            Self::Braced(tokens) | Self::List(tokens) => Some(tokens.span()),
        }
    }
}

/// Parses one option in the list of `owner`.
pub(super) fn given(owner: Owner, input: ParseStream<'_>) -> syn::Result<Given> {
    if !input.peek(Ident::peek_any) {
        let example = table::options_of(owner).next().map(Spec::usage);
        let example = example.unwrap_or_default();
        return Err(input.error(format!("expected an option by name, such as `{example}`")));
    }
    let name = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(
                name.span(),
                format!("option `{name}` has no value after `=`"),
            ));
        }
        value(owner, &name, input)?
    } else if input.peek(token::Paren) {
        let list;
        parenthesized!(list in input);
        Value::List(list.parse()?)
    } else {
        Value::None
    };
    Ok(Given { name, value })
}

/// Parses the value after `=`.
fn value(owner: Owner, name: &Ident, input: ParseStream<'_>) -> syn::Result<Value> {
    if input.peek(token::Brace) {
        let braced: proc_macro2::Group = input.parse()?;
        return Ok(Value::Braced(braced.into_token_stream()));
    }
    let spec = table::find(owner, &name.to_string());
    if spec.is_some_and(|spec| spec.form == Form::Schema) {
        let ahead = input.fork();
        let ty = ahead.parse::<Type>();
        let ends = ahead.is_empty() || ahead.peek(Token![,]);
        if let Some(ty) = ty.ok().filter(|ty| ends && !is_expression(ty)) {
            input.advance_to(&ahead);
            return Ok(Value::Type(ty));
        }
    }
    Ok(Value::Expr(input.parse()?))
}

/// Returns whether `ty` may be an expression: a call of a macro or of a function also parses as a type.
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

/// The value of `default`.
pub(crate) enum DefaultValue {
    /// The default of the type. The option has this span.
    OfType(Span),
    Expr(Expr),
}

//! One option as it is written, and what may stand behind its name.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::spanned::Spanned;
use syn::{Expr, Ident, Token, Type, parenthesized, token};

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

pub(super) fn given(input: ParseStream<'_>) -> syn::Result<Given> {
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

//! [`ImplBlock`]: an `impl` block whose function bodies are not parsed.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Generics, ImplItem, Signature, Token, Type, Visibility, braced};

use super::function::Function;

/// `impl Server { … }`.
pub(crate) struct ImplBlock {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    /// The trait in `impl Trait for Server`, which the model refuses.
    pub(crate) of_trait: Option<Type>,
    pub(crate) self_type: Type,
    pub(crate) items: Vec<Item>,
}

/// One item of the block.
pub(crate) enum Item {
    /// A function. Only its signature is parsed.
    Function(Box<Function>),
    /// Anything else.
    Other(Box<ImplItem>),
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let impl_token = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), "`#[tools]` goes on an `impl` block"))?;
        let mut generics: Generics = input.parse()?;
        let first: Type = input.parse()?;
        let (of_trait, self_type) = match input.parse::<Option<Token![for]>>()? {
            Some(_) => (Some(first), input.parse()?),
            None => (None, first),
        };
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(content.parse()?);
        }
        Ok(Self {
            attributes,
            impl_token,
            generics,
            of_trait,
            self_type,
            items,
        })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if ahead.parse::<Signature>().is_err() {
            return Ok(Self::Other(input.parse()?));
        }
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse()?;
        // The braces or, in half-typed code, any other token.
        let body: TokenTree = input.parse()?;
        let body = TokenStream::from(body);
        Ok(Self::Function(Box::new(Function {
            attributes,
            visibility,
            signature,
            body,
        })))
    }
}

//! Small operations on token streams.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Ident;

/// Returns the spans of the first and of the last token.
pub(crate) fn span_ends(tokens: &impl ToTokens) -> (Span, Span) {
    let mut tokens = tokens.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    (first, last)
}

/// Replaces `Self` by `replacement`.
pub(crate) fn replace_self(tokens: TokenStream, replacement: &TokenStream) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(ident) if ident == "Self" => replacement.clone(),
        TokenTree::Group(group) => {
            let stream = replace_self(group.stream(), replacement);
            let mut inner = Group::new(group.delimiter(), stream);
            inner.set_span(group.span());
            TokenTree::from(inner).into()
        }
        token => token.into(),
    });
    replaced.collect()
}

/// Collects every identifier, also those inside groups.
pub(crate) fn idents(tokens: TokenStream) -> Vec<Ident> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => all.push(ident),
            TokenTree::Group(group) => all.extend(idents(group.stream())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    all
}

/// Splits at the first comma, which belongs to neither half.
pub(crate) fn split_at_comma(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
    let mut tokens = tokens.into_iter();
    let first = tokens
        .by_ref()
        .take_while(|token| !is_comma(token))
        .collect();
    (first, tokens.collect())
}

/// Writes a path or a type without the spaces between its tokens, for messages.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string().replace(' ', "")
}

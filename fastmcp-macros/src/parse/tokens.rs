//! Operations on token streams.

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

/// Collects all identifiers, including those inside groups.
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

/// Splits the tokens at the first comma, and removes the comma.
pub(crate) fn split_at_comma(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
    let mut tokens = tokens.into_iter();
    let first = tokens
        .by_ref()
        .take_while(|token| !is_comma(token))
        .collect();
    (first, tokens.collect())
}

/// Formats a path or a type without unnecessary spaces, for error messages: `Vec<(u8, &mut str)>`.
pub(crate) fn compact(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut compact = String::new();
    let mut letters = spaced.chars().peekable();
    while let Some(letter) = letters.next() {
        let before = compact.chars().next_back();
        let separates = before
            .zip(letters.peek().copied())
            .is_some_and(|(before, after)| before == ',' || (is_name(before) && is_name(after)));
        if letter != ' ' || separates {
            compact.push(letter);
        }
    }
    compact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_without_needless_spaces() {
        for text in ["Vec<(u8, &mut str)>", "::std::string::String", "&dyn Any"] {
            let ty: syn::Type = syn::parse_str(text).expect(text);
            assert_eq!(compact(&ty), text);
        }
    }
}

//! What stands between the parentheses of a task's options.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::spanned::Spanned;
use syn::{Expr, Path};

use crate::errors::Errors;
use crate::model::Parameter;
use crate::parse::duration;
use crate::parse::options::{Options, Value};

/// The tokens between an option's parentheses, and where its name is.
pub(super) fn list(
    name: &str,
    form: &str,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<(Span, TokenStream)> {
    let given = options.take(name)?;
    if let Value::List(list) = given.value {
        return Some((given.name.span(), list));
    }
    errors.span(
        given.name.span(),
        format!("option `{name}` is written {form}"),
    );
    None
}

/// The tokens before the first comma, and those after it.
pub(super) fn leading(tokens: TokenStream) -> (TokenStream, TokenStream) {
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
    let mut tokens = tokens.into_iter();
    let first = tokens
        .by_ref()
        .take_while(|token| !is_comma(token))
        .collect();
    (first, tokens.collect())
}

/// `"1s".."1m"`.
pub(super) fn pauses(backoff: &Expr, errors: &mut Errors) -> Option<TokenStream> {
    let form = "`backoff` is a range of pauses, such as `\"1s\"..\"1m\"`";
    let Expr::Range(range) = backoff else {
        errors.at(backoff, form);
        return None;
    };
    let (Some(least), Some(most)) = (&range.start, &range.end) else {
        errors.at(backoff, form);
        return None;
    };
    let least = duration::tokens("backoff", least, errors)?;
    let most = duration::tokens("backoff", most, errors)?;
    let span = backoff.span();
    Some(quote::quote_spanned!(span=> #least..#most))
}

/// The parameter that an option names.
pub(super) fn argument_named<'p>(
    path: &Path,
    parameters: &'p [Parameter],
    errors: &mut Errors,
) -> Option<&'p Parameter> {
    let found = path
        .get_ident()
        .and_then(|ident| parameters.iter().find(|it| it.ident == *ident));
    if found.is_none() {
        let names: Vec<String> = parameters
            .iter()
            .map(|it| format!("`{}`", it.name))
            .collect();
        let has = if names.is_empty() {
            "no parameters".into()
        } else {
            names.join(", ")
        };
        let spelled = quote!(#path).to_string().replace(' ', "");
        errors.at(
            path,
            format!("`{spelled}` is no parameter of this task; it has {has}"),
        );
    }
    found
}

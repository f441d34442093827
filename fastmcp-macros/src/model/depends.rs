//! `#[depends(f)]` on parameters, and what only a `#[dependency]` has.

use quote::ToTokens;
use syn::{Attribute, Ident, Meta, Path, PathArguments, Signature, Type};

use super::{Kind, Parameter, What};
use crate::errors::Errors;
use crate::parse::options::{Options, Value};

/// The provider that `#[depends(f)]` names, if the parameter called `name` has one.
pub(crate) fn read(name: &str, attributes: &[Attribute], errors: &mut Errors) -> Option<Path> {
    let is = |attribute: &&Attribute, name: &str| attribute.path().is_ident(name);
    let mut all = attributes.iter().filter(|it| is(it, "depends"));
    let first = all.next()?;
    if let Some(second) = all.next() {
        errors.at(
            second,
            format!("parameter `{name}` has one provider: take one of the `#[depends(…)]` away"),
        );
    }
    if let Some(arg) = attributes.iter().find(|it| is(it, "arg")) {
        errors.at(
            arg,
            format!(
                "parameter `{name}` is no argument: a provider gives its value, so `#[arg(…)]` says \
                 nothing; take one of the two away"
            ),
        );
    }
    let way = "`#[depends(database)]`, or with a path, `#[depends(crate::db::database)]`";
    let Meta::List(list) = &first.meta else {
        errors.at(&first.meta, format!("`depends` names a provider: {way}"));
        return None;
    };
    if let Ok(path) = list.parse_args::<Path>() {
        let generic = path
            .segments
            .iter()
            .find(|segment| !matches!(segment.arguments, PathArguments::None));
        if let Some(generic) = generic {
            errors.at(
                generic,
                "a provider has no type parameters: name the function alone",
            );
            return None;
        }
        return Some(path);
    }
    let message = match list.parse_args::<syn::Expr>() {
        Ok(syn::Expr::Call(call)) => format!(
            "`depends` names a provider without calling it: `#[depends({})]`",
            call.func.to_token_stream().to_string().replace(' ', "")
        ),
        Ok(syn::Expr::Closure(_)) => {
            "`depends` names a function: put `#[dependency]` on one, and name it here".to_owned()
        }
        _ => format!("`depends` names a provider: {way}"),
    };
    if list.tokens.is_empty() {
        errors.at(list, message);
    } else {
        errors.at(&list.tokens, message);
    }
    None
}

/// Takes the option `shared`, which has no value.
pub(crate) fn is_shared(options: &mut Options, errors: &mut Errors) -> bool {
    let Some(option) = options.take("shared") else {
        return false;
    };
    if !matches!(option.value, Value::None) {
        errors.span(
            option.name.span(),
            "option `shared` takes no value: `#[dependency(shared)]`",
        );
    }
    true
}

/// Refuses providers that cannot be: that name themselves, or hide what they mention.
pub(crate) fn check(
    kind: &Kind,
    signature: &Signature,
    parameters: &[Parameter],
    errors: &mut Errors,
) {
    if kind.what != What::Provider {
        return;
    }
    let ident = &signature.ident;
    for parameter in parameters {
        if let Some(path) = parameter.depends.as_ref().filter(|it| it.is_ident(ident)) {
            errors.at(
                path,
                format!(
                    "parameter `{}`: `{ident}` depends on itself, so it could never begin; name \
                     another provider",
                    parameter.name
                ),
            );
        }
    }
    let output = match &signature.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, output) => Some(&**output),
    };
    let types = parameters.iter().map(|parameter| &parameter.ty);
    if let Some(first) = types.chain(output).find_map(|ty| leading(ty, ident)) {
        errors.at(
            &first,
            format!(
                "a provider is also a type of its name, so here `{ident}` means the provider: call \
                 the function otherwise, or write `::{ident}` if a crate is meant"
            ),
        );
    }
}

/// Where `ident` starts a path in a type.
fn leading(ty: &Type, ident: &Ident) -> Option<Ident> {
    struct Find<'a>(&'a Ident, Option<Ident>);
    impl Find<'_> {
        fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
            use proc_macro2::TokenTree;
            let mut after_colon = false;
            for token in tokens {
                match token {
                    TokenTree::Ident(found) if found == *self.0 && !after_colon => {
                        self.1.get_or_insert(found);
                        after_colon = false;
                    }
                    TokenTree::Punct(punct) => after_colon = punct.as_char() == ':',
                    TokenTree::Group(group) => self.tokens(group.stream()),
                    TokenTree::Ident(_) | TokenTree::Literal(_) => after_colon = false,
                }
            }
        }
    }
    let mut find = Find(ident, None);
    find.tokens(ty.to_token_stream());
    find.1
}

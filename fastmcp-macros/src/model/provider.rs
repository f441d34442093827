//! A validated `#[dependency]`.

use quote::ToTokens;
use syn::{Ident, Type};

use crate::errors::Errors;
use crate::model::call_argument;
use crate::model::parameter::Source;
use crate::model::signature::{Head, Signature};
use crate::parse::options::Options;

pub(crate) struct Provider {
    pub(crate) signature: Signature,
    /// `true` if the value lives as long as the server.
    pub(crate) shared: bool,
}

impl Provider {
    pub(super) fn new(head: Head, options: &mut Options, errors: &mut Errors) -> Self {
        let shared = options.marker("shared", errors).is_some();
        let signature = Signature::new(head, errors);
        if shared {
            call_argument::refuse_in_shared(&signature.function, errors);
        }
        refuse_itself(&signature, errors);
        refuse_hidden_types(&signature, errors);
        Self { signature, shared }
    }
}

/// Refuses a provider that depends on itself.
fn refuse_itself(signature: &Signature, errors: &mut Errors) {
    let ident = signature.ident();
    for parameter in &signature.parameters {
        if let Source::Provider(path) = &parameter.source
            && path.is_ident(ident)
        {
            errors.at(
                path,
                format!(
                    "parameter `{}`: provider `{ident}` depends on itself; name another provider",
                    parameter.name
                ),
            );
        }
    }
}

/// Refuses a signature with a path that starts with the provider's own name. The expansion defines a type
/// of that name, which would shadow the item that the user refers to.
fn refuse_hidden_types(signature: &Signature, errors: &mut Errors) {
    let ident = signature.ident();
    let output = match &signature.function.signature.output {
        syn::ReturnType::Default => None,
        syn::ReturnType::Type(_, output) => Some(&**output),
    };
    let types = signature.parameters.iter().map(|parameter| &parameter.ty);
    if let Some(first) = types.chain(output).find_map(|ty| path_start(ty, ident)) {
        errors.at(
            &first,
            format!(
                "`{ident}` names the provider here, because `#[dependency]` defines a type with the \
                 name of the function: rename the function, or write `::{ident}` for a crate"
            ),
        );
    }
}

/// Finds `ident` at the start of a path in a type.
fn path_start(ty: &Type, ident: &Ident) -> Option<Ident> {
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

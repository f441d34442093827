//! [`Signature`]: the function and its parameters, which every handler has.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, ReturnType, Type};

use crate::errors::Errors;
use crate::model::allow::Allow;
use crate::model::kind::HandlerKind;
use crate::model::parameter::{self, Parameter};
use crate::model::signature_rules;
use crate::model::wire_name;
use crate::parse::function::Function;
use crate::parse::options::Options;
use crate::parse::tokens::replace_self;

/// The place of a function. The default is a free function in a crate with `fastmcp` at `::fastmcp`.
#[derive(Default)]
pub(crate) struct Site {
    /// The type of the `impl` block.
    pub(crate) self_type: Option<Type>,
    /// The path of the `fastmcp` crate, if `#[tools]` sets it for the whole block.
    pub(crate) root: Option<Path>,
    /// The scopes that `#[tools]` sets for the whole block.
    pub(crate) scopes: Vec<LitStr>,
}

/// A function, and the options `crate`, `name` and `blocking`.
pub(crate) struct Head {
    pub(crate) kind: HandlerKind,
    pub(crate) function: Function,
    /// The lints that a tool allows.
    pub(crate) allow: Allow,
    /// The scopes of the whole block.
    pub(crate) scopes: Vec<LitStr>,
    self_type: Option<Type>,
    root: Path,
    name: String,
    is_blocking: bool,
}

impl Head {
    /// Takes the options `crate`, `name`, `allow` and `blocking`.
    pub(crate) fn read(
        kind: HandlerKind,
        options: &mut Options,
        function: Function,
        site: Site,
        errors: &mut Errors,
    ) -> Self {
        let root = options.path("crate", errors).or(site.root);
        let root = root.unwrap_or_else(|| syn::parse_quote!(::fastmcp));
        let name = options.text("name", errors);
        let allow = match kind {
            HandlerKind::Tool => Allow::read(options, errors),
            _ => Allow::default(),
        };
        let ident = &function.signature.ident;
        Self {
            name: wire_name::of_handler(kind, name.as_ref(), ident, &allow, errors),
            allow,
            is_blocking: is_blocking(options, &function, errors),
            kind,
            root,
            self_type: site.self_type,
            scopes: site.scopes,
            function,
        }
    }
}

/// The way in which the body runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Execution {
    /// An `async fn`.
    Async,
    /// A plain function, on the thread of the call.
    Inline,
    /// A plain function, on the runtime's pool of blocking threads.
    Blocking,
}

/// The function of a handler.
pub(crate) struct Signature {
    pub(crate) function: Function,
    /// The name on the wire.
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
    /// The return type, `()` if it is omitted.
    pub(crate) output: Type,
    pub(crate) execution: Execution,
    /// The type of the `impl` block, for a method.
    pub(crate) self_type: Option<Type>,
    /// The path of the `fastmcp` crate.
    pub(crate) root: Path,
}

impl Signature {
    /// Validates the function and its parameters.
    pub(crate) fn new(head: Head, errors: &mut Errors) -> Self {
        let Head {
            kind,
            function,
            scopes: _,
            self_type,
            root,
            name,
            is_blocking,
            allow: _,
        } = head;
        signature_rules::check(kind, &function, errors);
        let parameters = parameter::read(kind, &function.signature, self_type.as_ref(), errors);
        let output = match &function.signature.output {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, output) => (**output).clone(),
        };
        let execution = match (function.signature.asyncness, is_blocking) {
            (Some(_), _) => Execution::Async,
            (None, true) => Execution::Blocking,
            (None, false) => Execution::Inline,
        };
        Self {
            output: without_self(output, self_type.as_ref()),
            function,
            name,
            parameters,
            execution,
            self_type,
            root,
        }
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.function.signature.ident
    }

    /// Returns the path of the function from its module.
    pub(crate) fn path(&self) -> TokenStream {
        let ident = self.ident();
        match &self.self_type {
            Some(ty) => quote_spanned!(ident.span()=> <#ty>::#ident),
            None => quote!(#ident),
        }
    }
}

/// Replaces `Self` in a type, so that the type can be used outside of the `impl` block.
fn without_self(ty: Type, self_type: Option<&Type>) -> Type {
    let Some(self_type) = self_type else {
        return ty;
    };
    let tokens = replace_self(ty.to_token_stream(), &self_type.to_token_stream());
    syn::parse2(tokens).unwrap_or(ty)
}

fn is_blocking(options: &mut Options, function: &Function, errors: &mut Errors) -> bool {
    let Some(name) = options.name("blocking") else {
        return false;
    };
    let Some(flag) = options.flag("blocking", errors) else {
        return false;
    };
    let Expr::Lit(ExprLit {
        lit: Lit::Bool(value),
        ..
    }) = &flag
    else {
        errors.at(
            flag,
            "option `blocking` takes no expression, because it is decided at compile time: write \
             `blocking`, or leave it out",
        );
        return false;
    };
    if value.value && function.signature.asyncness.is_some() {
        errors.span(
            name.span(),
            "`blocking` is for functions that are not `async`: remove `async` or `blocking`",
        );
    }
    value.value
}

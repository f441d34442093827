//! The function that an attribute stands on, with its body left as tokens.
//!
//! The body is rustc's alone: it may be half typed, and what is wrong with it is not for a macro
//! to say.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Signature, Visibility};

/// A function with an opaque body.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let signature = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("this attribute goes on a function: {error}"),
            )
        })?;
        let body = input.parse()?;
        Ok(Self {
            attributes,
            visibility,
            signature,
            body,
        })
    }
}

impl Function {
    /// The conditions under which it is compiled at all.
    pub(crate) fn cfg(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
    }

    /// The function without the attributes of parameters that are ours.
    pub(crate) fn without_our_attributes(&self) -> Self {
        let mut function = self.clone();
        for input in &mut function.signature.inputs {
            let attributes = match input {
                FnArg::Receiver(receiver) => &mut receiver.attrs,
                FnArg::Typed(parameter) => &mut parameter.attrs,
            };
            attributes.retain(|attribute| !is_ours(attribute));
        }
        function
            .attributes
            .retain(|attribute| !is_of_parameter(attribute));
        if function.signature.asyncness.is_some() {
            // A handler may have nothing to wait for, and a task has to be `async` all the same.
            let allow = syn::parse_quote!(#[allow(clippy::unused_async)]);
            function.attributes.push(allow);
        }
        function
    }
}

/// Whether an attribute says something of a parameter, and of nothing else.
pub(crate) fn is_of_parameter(attribute: &Attribute) -> bool {
    attribute.path().is_ident("arg") || attribute.path().is_ident("depends")
}

/// Whether an attribute of a parameter is for the macro: rustc accepts few others there.
fn is_ours(attribute: &Attribute) -> bool {
    ["doc", "arg", "depends"]
        .iter()
        .chain(FOREIGN.iter().map(|(name, _)| name))
        .any(|name| attribute.path().is_ident(name))
}

/// Attributes that people put on parameters and that would mean nothing there, with the way out.
pub(crate) const FOREIGN: [(&str, &str); 11] = [
    (
        "serde",
        "write `#[arg(rename = \"…\", default = …)]`, or put it on a field of a struct",
    ),
    (
        "schemars",
        "write `#[arg(description = \"…\", range = …, length = …, pattern = \"…\")]`, or put it on a \
         field of a struct",
    ),
    (
        "validate",
        "write `#[arg(range = …, length = …, pattern = \"…\")]`",
    ),
    (
        "garde",
        "write `#[arg(range = …, length = …, pattern = \"…\")]`",
    ),
    ("args", "did you mean `#[arg(…)]`?"),
    ("param", "did you mean `#[arg(…)]`?"),
    ("argument", "did you mean `#[arg(…)]`?"),
    ("depend", "did you mean `#[depends(…)]`?"),
    ("dependency", "did you mean `#[depends(…)]`?"),
    ("inject", "did you mean `#[depends(…)]`?"),
    ("default", "write `#[arg(default = …)]`"),
];

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attributes,
            visibility,
            signature,
            body,
        } = self;
        tokens.extend(quote!(#(#attributes)* #visibility #signature #body));
    }
}

//! [`Function`]: a function whose body is not parsed.
//!
//! While a user types, the body may be incomplete. rustc and editors report errors in it better than
//! this crate could.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Signature, Visibility};

/// A function whose body is not parsed.
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
    /// Iterates over the `#[cfg(…)]` attributes of the function.
    pub(crate) fn cfg(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
    }

    /// Returns the function without the attributes of parameters that rustc does not accept.
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
            // A handler may have to be `async` even if it awaits nothing.
            let allow = syn::parse_quote!(#[allow(clippy::unused_async)]);
            function.attributes.push(allow);
        }
        function
    }
}

/// Returns whether an attribute belongs to a parameter.
pub(crate) fn is_of_parameter(attribute: &Attribute) -> bool {
    ["arg", "argument", "depends", "payload"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

/// Returns whether an attribute of a parameter has to be removed. rustc accepts only a few attributes on
/// parameters.
fn is_ours(attribute: &Attribute) -> bool {
    ["doc", "arg", "argument", "depends", "payload"]
        .iter()
        .chain(FOREIGN.iter().map(|(name, _)| name))
        .any(|name| attribute.path().is_ident(name))
}

/// Attributes that have no effect on a parameter, because they belong to other libraries or are
/// misspelled, each with the fix.
pub(crate) const FOREIGN: [(&str, &str); 10] = [
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

//! Decides for which types `#[data]` implements `FormType`, and which fields it checks.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Generics, Ident, Type};

/// Attributes whose options can change the schema of a type or of a field.
const ATTRIBUTES: [&str; 2] = ["serde", "schemars"];
/// The options that do so.
const OPTIONS: [&str; 12] = [
    "deserialize_with",
    "extend",
    "flatten",
    "from",
    "schema_with",
    "skip",
    "skip_deserializing",
    "transform",
    "transparent",
    "try_from",
    "with",
    "into",
];

/// A type, and what is known about its form.
pub(crate) struct FormType {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) cfg: Vec<Attribute>,
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    /// Fields whose types are checked to be flat. `is_object` is true if the fields have names.
    Fields { checked: Vec<Type>, is_object: bool },
    /// An enum without data.
    Choice,
    /// An enum with data: not flat.
    Variants,
}

impl FormType {
    /// Reads an item. Returns `None` if it is not a type; the derives report that.
    pub(super) fn parse(item: &TokenStream) -> Option<Self> {
        let input = syn::parse2::<DeriveInput>(item.clone()).ok()?;
        let changed = is_changed(&input.attrs);
        let shape = match &input.data {
            Data::Struct(data) => {
                let is_object = matches!(data.fields, Fields::Named(_)) && !changed;
                let is_known = input.generics.params.is_empty() && !changed;
                let fields = data
                    .fields
                    .iter()
                    .filter(|field| is_known && is_checked(field));
                let checked = fields.map(|field| field.ty.clone()).collect();
                Shape::Fields { checked, is_object }
            }
            Data::Enum(data) if data.variants.iter().all(|it| it.fields.is_empty()) => {
                Shape::Choice
            }
            Data::Enum(_) => Shape::Variants,
            Data::Union(_) => return None,
        };
        let cfg = input.attrs.into_iter();
        Some(Self {
            ident: input.ident,
            generics: input.generics,
            cfg: cfg.filter(|it| it.path().is_ident("cfg")).collect(),
            shape,
        })
    }
}

fn is_checked(field: &Field) -> bool {
    let is_conditional = field.attrs.iter().any(|it| it.path().is_ident("cfg"));
    !is_conditional && !is_changed(&field.attrs)
}

/// Returns whether an attribute can change the schema.
fn is_changed(attributes: &[Attribute]) -> bool {
    let mut read = attributes
        .iter()
        .filter(|it| ATTRIBUTES.iter().any(|name| it.path().is_ident(name)));
    read.any(|attribute| contains_option(attribute.meta.to_token_stream()))
}

fn contains_option(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => OPTIONS.iter().any(|option| ident == option),
        TokenTree::Group(group) => contains_option(group.stream()),
        _ => false,
    })
}

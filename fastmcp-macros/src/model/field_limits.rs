//! The limits of fields (`#[schemars(length(…))]` and others) that schemars drops if they do not fit the type.
//!
//! The macro does not see types, so it adds a transform to the schema of each such field, which decides.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Meta, MetaList, MetaNameValue, Token};

/// The attributes in which schemars reads limits.
const ATTRIBUTES: [&str; 2] = ["schemars", "validate"];

/// The limits of one field.
#[derive(Default)]
pub(crate) struct FieldLimits {
    /// The minimum and the maximum length.
    pub(crate) length: Option<(Option<Expr>, Option<Expr>)>,
    pub(crate) range: bool,
    pub(crate) pattern: bool,
    pub(crate) inner: bool,
}

/// A type with limits of its fields.
pub(crate) struct LimitedType {
    pub(crate) input: DeriveInput,
    /// The limits of each field, in the order of [`fields`].
    pub(crate) limits: Vec<Option<FieldLimits>>,
}

impl LimitedType {
    /// Reads the limits of a type. Returns `None` if it has none, or if `item` is not a type; the derives report that.
    pub(super) fn parse(item: &TokenStream) -> Option<Self> {
        let mut input = syn::parse2::<DeriveInput>(item.clone()).ok()?;
        let fields = fields(&mut input).into_iter();
        let limits: Vec<_> = fields.map(|field| FieldLimits::of(field)).collect();
        let has_limits = limits.iter().any(Option::is_some);
        has_limits.then_some(Self { input, limits })
    }
}

/// Returns the fields of a struct, or of all variants of an enum.
pub(crate) fn fields(input: &mut DeriveInput) -> Vec<&mut Field> {
    match &mut input.data {
        Data::Struct(data) => data.fields.iter_mut().collect(),
        Data::Enum(data) => {
            let variants = data.variants.iter_mut();
            variants.flat_map(|variant| &mut variant.fields).collect()
        }
        Data::Union(_) => Vec::new(),
    }
}

impl FieldLimits {
    fn of(field: &Field) -> Option<Self> {
        let mut limits = Self::default();
        let is_read = |it: &&Attribute| ATTRIBUTES.iter().any(|name| it.path().is_ident(name));
        for attribute in field.attrs.iter().filter(is_read) {
            let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
            let Ok(options) = attribute.parse_args_with(parse) else {
                continue;
            };
            for option in options {
                limits.read(&option);
            }
        }
        let is_empty = limits.length.is_none() && !limits.range && !limits.pattern && !limits.inner;
        (!is_empty).then_some(limits)
    }

    fn read(&mut self, option: &Meta) {
        let Meta::List(list) = option else {
            return;
        };
        if list.path.is_ident("length") {
            self.length = length(list);
        }
        self.range |= list.path.is_ident("range");
        self.pattern |= list.path.is_ident("regex") || list.path.is_ident("contains");
        self.inner |= list.path.is_ident("inner");
    }
}

/// Reads `length(min = 1, max = 3)` or `length(equal = 2)`.
fn length(list: &MetaList) -> Option<(Option<Expr>, Option<Expr>)> {
    let parse = Punctuated::<MetaNameValue, Token![,]>::parse_terminated;
    let values = list.parse_args_with(parse).ok()?;
    let value = |name: &str| {
        let option = values.iter().find(|it| it.path.is_ident(name));
        option.map(|it| it.value.clone())
    };
    let equal = value("equal");
    Some((
        value("min").or_else(|| equal.clone()),
        value("max").or(equal),
    ))
}

//! [`FormType`]: the types that a user can be asked for. The compiler does not know schemas, so the trait
//! marks each type with a flat schema.
//!
//! `#[fastmcp::data]` implements it, and looks up each field in [`FlatProbe`]: the schema of a field that
//! is not in the table may be flat, and the question checks it.
//!
//! | field | |
//! |---|---|
//! | a struct with named fields or an enum with data, with `#[fastmcp::data]` | not flat |
//! | a map, a tuple, an array, a list of strings, numbers or bools | not flat |
//! | an `Option` or a `Box` of these | not flat |
//! | any other type | may be flat |

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;
use std::path::PathBuf;

use serde_json::{Map, Value};

/// A type that a user can be asked for with [`Context::elicit`](crate::Context::elicit), because a form
/// can represent it: the protocol allows only flat forms (MCP, "Elicitation", "Requested schema").
///
/// It is implemented for strings, numbers, `bool`, `()`, and `Option`s of these. `#[fastmcp::data]`
/// implements it for structs of such fields, and for enums without data; a `Vec` of such an enum is a choice
/// of several values. For a type of your own with other derives, implement it; the question then fails if the
/// schema is not flat:
///
/// ```
/// use fastmcp::{schemars, serde};
///
/// #[derive(serde::Deserialize, schemars::JsonSchema)]
/// #[serde(crate = "fastmcp::serde")]
/// #[schemars(crate = "fastmcp::schemars")]
/// struct Booking {
///     seats: u8,
/// }
///
/// impl fastmcp::context::FormType for Booking {}
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no form that a user can fill in",
    label = "the user cannot be asked for a `{Self}`",
    note = "ask for a string, a number, a `bool`, `()`, or a struct of such fields or an enum without data with `#[fastmcp::data]`",
    note = "if `{Self}` is your own type and has a flat schema, write `impl fastmcp::context::FormType for {Self} {{}}`"
)]
pub trait FormType {}

/// An enum without data. A user can choose several of its values. `#[fastmcp::data]` implements it.
#[diagnostic::on_unimplemented(
    message = "a user can only choose several values of an enum, not enter a list of `{Self}`",
    label = "the user cannot be asked for a list of `{Self}`",
    note = "ask for a `String`, and split it in the body"
)]
pub trait FormChoice: FormType {}

impl<T: FormType> FormType for Option<T> {}
impl<T: FormType> FormType for Box<T> {}
#[diagnostic::do_not_recommend]
impl<T: FormChoice> FormType for Vec<T> {}

macro_rules! form_types {
    ($($type:ty)*) => { $(impl FormType for $type {})* };
}

form_types! {
    () bool String Cow<'static, str> char PathBuf
    i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64
}

/// Looks up a field in the [table](self).
#[doc(hidden)]
pub struct FlatProbe<T: ?Sized>(PhantomData<T>);

/// The answer for fields that are not in the table. An inherent constant of [`FlatProbe`] takes
/// precedence over it.
#[doc(hidden)]
pub trait MayBeFlat {
    /// The schema of the field may be flat.
    const FLAT: bool = true;
}

impl<T: ?Sized> MayBeFlat for FlatProbe<T> {}

#[allow(missing_docs, reason = "documented in `MayBeFlat`")]
impl<T: NotFlat> FlatProbe<T> {
    pub const FLAT: bool = false;
}

/// A type in the [table](self).
#[doc(hidden)]
pub trait NotFlat {}

impl<T: NotFlat> NotFlat for Option<T> {}
impl<T: NotFlat> NotFlat for Box<T> {}
impl<T: NotFlat> NotFlat for Vec<T> {}
impl<K, V, S> NotFlat for HashMap<K, V, S> {}
impl<K, V> NotFlat for BTreeMap<K, V> {}
impl NotFlat for Map<String, Value> {}
impl<T, const N: usize> NotFlat for [T; N] {}
impl<A, B> NotFlat for (A, B) {}
impl<A, B, C> NotFlat for (A, B, C) {}
impl<A, B, C, D> NotFlat for (A, B, C, D) {}

macro_rules! lists {
    ($($type:ty)*) => {$(
        impl NotFlat for Vec<$type> {}
        impl<S> NotFlat for HashSet<$type, S> {}
    )*};
}

lists! {
    bool String char i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64
}

/// The result of a lookup, for the bound of a field.
#[doc(hidden)]
pub struct Flat<const FLAT: bool>;

/// Requires that a field may be flat. `T` is its type.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a form cannot have a field of type `{T}`, because forms are flat",
    label = "the user cannot be asked for this type"
)]
pub trait IsFlat<T: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> IsFlat<T> for Flat<true> {}

//! The constraints that each kind of type can have.
//!
//! The compiler determines the kind of a primitive and of a type of the standard library, so `length`
//! on a number is a compile error. The JSON form of a user's own type is not visible to the compiler:
//! such a type accepts every constraint, and the server checks the constraints against its schema at
//! start-up.
//!
//! | kind | types | `range` | `length` | `pattern` | `header` |
//! |---|---|---|---|---|---|
//! | `OTHER` | all others | start-up | start-up | start-up | start-up |
//! | `INTEGER` | integers | yes | | | yes |
//! | `FLOAT` | floats | yes | | | |
//! | `STRING` | `String` | | yes | yes | yes |
//! | `BOOL` | `bool` | | | | yes |
//! | `COLLECTION` | lists, sets, maps | | yes | | |
//! | `FIXED` | `()`, `char`, tuples | | | | |
//!
//! An `Option<T>` has the kind of `T`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::marker::PhantomData;

use serde_json::{Map, Number, Value};

// The kinds. They are `u8` because const generic parameters cannot be enums on stable Rust.
const OTHER: u8 = 0;
const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const STRING: u8 = 3;
const BOOL: u8 = 4;
const COLLECTION: u8 = 5;
const FIXED: u8 = 6;

/// A type whose kind an expansion looks up and whose limits it converts.
#[doc(hidden)]
pub struct KindProbe<T>(PhantomData<T>);

/// The fallback for types that are not in the [table](self): an inherent constant of [`KindProbe`]
/// takes precedence over it.
#[doc(hidden)]
pub trait KindFallback {
    /// The kind.
    const KIND: u8 = OTHER;

    /// Converts a limit, which can be any number.
    fn limit<L: Limit>(limit: L) -> Option<Number> {
        limit.into_number()
    }
}

impl<T> KindFallback for KindProbe<T> {}

#[allow(missing_docs, reason = "documented in `KindFallback`")]
impl<T: Kind> KindProbe<T> {
    pub const KIND: u8 = T::KIND;
}

/// A type that is in the [table](self).
#[doc(hidden)]
pub trait Kind {
    /// The kind.
    const KIND: u8;
}

impl<T: Kind> Kind for Option<T> {
    const KIND: u8 = T::KIND;
}

macro_rules! kind {
    ($kind:ident: $([$($generic:ident),*] $type:ty;)*) => {$(
        impl<$($generic),*> Kind for $type {
            const KIND: u8 = $kind;
        }
    )*};
}

kind!(INTEGER:
    [] i8; [] i16; [] i32; [] i64; [] isize; [] u8; [] u16; [] u32; [] u64; [] usize;
);
kind!(FLOAT: [] f32; [] f64;);
kind!(STRING: [] String;);
kind!(BOOL: [] bool;);
kind!(COLLECTION:
    [T] Vec<T>; [T] VecDeque<T>; [T, S] HashSet<T, S>; [T] BTreeSet<T>;
    [K, V, S] HashMap<K, V, S>; [K, V] BTreeMap<K, V>; [] Map<String, Value>;
);
kind!(FIXED: [] (); [] char; [A, B] (A, B); [A, B, C] (A, B, C); [A, B, C, D] (A, B, C, D););

/// A number type of a limit.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a limit must be a number, not a `{Self}`",
    label = "not a number"
)]
pub trait Limit {
    /// Converts to a JSON number; `None` if it is not finite.
    fn into_number(self) -> Option<Number>;
}

/// A number, or an `Option` of a number. Its limits have the type of the number, so that rustc rejects
/// a limit that is out of range.
#[doc(hidden)]
pub trait HasLimits {
    /// The type of the limits.
    type Limit: Limit;
}

#[allow(missing_docs, reason = "documented in `KindFallback`")]
impl<T: HasLimits> KindProbe<T> {
    pub fn limit(limit: T::Limit) -> Option<Number> {
        limit.into_number()
    }
}

impl<T: HasLimits> HasLimits for Option<T> {
    type Limit = T::Limit;
}

macro_rules! limit {
    ($($type:ty: $limit:ident => $number:expr;)*) => {$(
        impl Limit for $type {
            fn into_number(self) -> Option<Number> {
                let $limit = self;
                $number
            }
        }

        impl HasLimits for $type {
            type Limit = Self;
        }
    )*};
}

limit! {
    i8: it => Some(it.into()); i16: it => Some(it.into()); i32: it => Some(it.into());
    i64: it => Some(it.into()); isize: it => Some(it.into());
    u8: it => Some(it.into()); u16: it => Some(it.into()); u32: it => Some(it.into());
    u64: it => Some(it.into()); usize: it => Some(it.into());
    f32: it => Number::from_f64(it.into()); f64: it => Number::from_f64(it);
}

/// Declares the kinds that can have an option of `#[arg(…)]`, and the compile error for all others. `Self`
/// is a type with the name of the parameter.
macro_rules! option {
    (
        $(#[$doc:meta])* $trait:ident, [$($kind:ident)*],
        $message:literal, $label:literal, $note:literal
    ) => {
        $(#[$doc])*
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $trait<T, const KIND: u8> {
            /// Expansions evaluate it to require the bound.
            const CHECK: () = ();
        }

        $(
            #[diagnostic::do_not_recommend]
            impl<Name, T> $trait<T, { $kind }> for Name {}
        )*
    };
}

option!(
    /// Types that can have `min`, `max` and `range`.
    Bounded, [OTHER INTEGER FLOAT],
    "parameter `{Self}`: `min`, `max` and `range` apply to numbers, not to a `{T}`",
    "not a number",
    "for the length of a string or a collection, use `length = …`"
);
option!(
    /// Types that can have `length`.
    HasLength, [OTHER STRING COLLECTION],
    "parameter `{Self}`: `length` applies to strings and collections, not to a `{T}`",
    "not a string or a collection",
    "for a number, use `range = …`, `min = …` or `max = …`"
);
option!(
    /// Types that can have `pattern`.
    StringLike, [OTHER STRING],
    "parameter `{Self}`: `pattern` applies to strings, not to a `{T}`",
    "not a string",
    "remove `pattern`, or take a `String`"
);
option!(
    /// Types that an HTTP header can carry.
    InHeader, [OTHER INTEGER STRING BOOL],
    "parameter `{Self}`: `header` applies to strings, integers and bools, not to a `{T}`",
    "cannot be the value of an HTTP header",
    "remove `header`, or take a `String`"
);

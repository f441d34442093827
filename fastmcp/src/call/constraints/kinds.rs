//! Which types may have which limits.
//!
//! The kind of a type of Rust or of its library is known to the compiler, so that `length` of a
//! number is an error where it is written. A type of somebody's own may be written as any JSON:
//! it may have every limit, and when a server starts, its schema tells whether that made sense.
//!
//! | kind | types | `range` | `length` | `pattern` | `header` |
//! |---|---|---|---|---|---|
//! | 0 | all others | start-up | start-up | start-up | start-up |
//! | 1 | integers | yes | | | yes |
//! | 2 | floats | yes | | | |
//! | 3 | `String` | | yes | yes | yes |
//! | 4 | `bool` | | | | yes |
//! | 5 | lists, sets, maps | | yes | | |
//! | 6 | `()`, `char`, tuples | | | | |
//!
//! An `Option` is of the kind of what it holds.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::marker::PhantomData;

use serde_json::{Map, Number, Value};

/// Carries the type whose kind is asked for, or whose limits are written.
#[doc(hidden)]
pub struct KindProbe<T>(PhantomData<T>);

/// The answers for the types that are not in the [table](self).
#[doc(hidden)]
pub trait KindFallback {
    /// The row.
    const KIND: u8 = 0;

    /// A limit of such a type: any number.
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
    /// The row.
    const KIND: u8;
}

impl<T: Kind> Kind for Option<T> {
    const KIND: u8 = T::KIND;
}

macro_rules! kind {
    ($kind:literal: $([$($generic:ident),*] $type:ty;)*) => {$(
        impl<$($generic),*> Kind for $type {
            const KIND: u8 = $kind;
        }
    )*};
}

kind!(1:
    [] i8; [] i16; [] i32; [] i64; [] isize; [] u8; [] u16; [] u32; [] u64; [] usize;
);
kind!(2: [] f32; [] f64;);
kind!(3: [] String;);
kind!(4: [] bool;);
kind!(5:
    [T] Vec<T>; [T] VecDeque<T>; [T, S] HashSet<T, S>; [T] BTreeSet<T>;
    [K, V, S] HashMap<K, V, S>; [K, V] BTreeMap<K, V>; [] Map<String, Value>;
);
kind!(6: [] (); [] char; [A, B] (A, B); [A, B, C] (A, B, C); [A, B, C, D] (A, B, C, D););

/// A number that a limit may be.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a limit must be a number, not a `{Self}`",
    label = "not a number"
)]
pub trait Limit {
    /// The number; of what is not finite, none.
    fn into_number(self) -> Option<Number>;
}

/// A number, or an `Option` of one: its limits are of the number's own type, so that one that no
/// value can reach is rustc's to refuse.
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

/// Declares which kinds may have an option, and the text for those that may not.
macro_rules! option {
    (
        $(#[$doc:meta])* $trait:ident, [$($kind:literal)*],
        $message:literal, $label:literal, $note:literal
    ) => {
        $(#[$doc])*
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $trait<const KIND: u8, Name> {
            /// Evaluated for its bounds.
            const CHECK: () = ();
        }

        $(
            #[diagnostic::do_not_recommend]
            impl<T, Name> $trait<$kind, Name> for T {}
        )*
    };
}

option!(
    /// Types that have `min`, `max` and `range`.
    Ranged, [0 1 2],
    "parameter `{Name}`: `min`, `max` and `range` apply to numbers, not to a `{Self}`",
    "not a number",
    "for the length of a string or a collection, use `length = …`"
);
option!(
    /// Types that have `length`.
    HasLength, [0 3 5],
    "parameter `{Name}`: `length` applies to strings and collections, not to a `{Self}`",
    "not a string or a collection",
    "for a number, use `range = …`, `min = …` or `max = …`"
);
option!(
    /// Types that have `pattern`.
    Textual, [0 3],
    "parameter `{Name}`: `pattern` applies to strings, not to a `{Self}`",
    "not a string",
    "remove `pattern`, or take a `String`"
);
option!(
    /// Types that an HTTP header can stand for.
    InHeader, [0 1 3 4],
    "parameter `{Name}`: `header` applies to strings, integers and bools, not to a `{Self}`",
    "cannot be the value of an HTTP header",
    "remove `header`, or take a `String`"
);

//! [`Samples`]: values of the types of the corpus.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use serde_json::{Value, json};

/// A type with some values that show its range.
pub trait Samples: Sized {
    /// Returns at least one value.
    fn samples() -> Vec<Self>;
}

/// Implements [`Samples`] by a list of values.
macro_rules! samples {
    ($($type:ty => [$($value:expr),* $(,)?];)*) => {
        $(impl $crate::samples::Samples for $type {
            fn samples() -> Vec<Self> {
                vec![$($value),*]
            }
        })*
    };
}
pub(crate) use samples;

samples! {
    u8 => [0, 1, u8::MAX];
    u16 => [0, u16::MAX];
    u32 => [0, u32::MAX];
    u64 => [0, u64::MAX];
    usize => [0, usize::MAX];
    i8 => [i8::MIN, 0, i8::MAX];
    i16 => [i16::MIN, i16::MAX];
    i32 => [i32::MIN, i32::MAX];
    i64 => [i64::MIN, i64::MAX];
    isize => [isize::MIN, isize::MAX];
    f32 => [-1.5, 0.0, 7.25];
    f64 => [-1.5e300, 0.0, 3.0];
    bool => [false, true];
    char => ['a', 'é', '🦀'];
    // Texts that are JSON, and that a type which takes text has to keep.
    String => [
        String::new(), "text".to_owned(), "ä \"\n".to_owned(), "3".to_owned(), "true".to_owned(),
        "null".to_owned(), "[1]".to_owned(), "{\"a\":1}".to_owned(),
    ];
    Value => [json!(7), json!("text"), json!([true, { "a": [] }]), json!({ "b": 1.5 })];
    () => [()];
}

fn first<T: Samples>() -> T {
    T::samples().swap_remove(0)
}

impl<T: Samples> Samples for Option<T> {
    fn samples() -> Vec<Self> {
        let mut all: Vec<Self> = T::samples().into_iter().map(Some).collect();
        all.push(None);
        all
    }
}

impl<T: Samples> Samples for Box<T> {
    fn samples() -> Vec<Self> {
        T::samples().into_iter().map(Box::new).collect()
    }
}

impl<T: Samples> Samples for Vec<T> {
    fn samples() -> Vec<Self> {
        vec![Vec::new(), T::samples()]
    }
}

impl<T: Samples, const N: usize> Samples for [T; N] {
    fn samples() -> Vec<Self> {
        let values = T::samples().into_iter();
        values
            .map(|it| {
                let mut it = Some(it);
                std::array::from_fn(|_| it.take().unwrap_or_else(first))
            })
            .collect()
    }
}

macro_rules! keyed {
    ($($map:ident: $bound:path;)*) => {
        $(impl<K: Samples + Eq + $bound, T: Samples> Samples for $map<K, T> {
            fn samples() -> Vec<Self> {
                let full = T::samples().into_iter().zip(K::samples());
                vec![$map::new(), full.map(|(value, key)| (key, value)).collect()]
            }
        })*
    };
}
keyed! { BTreeMap: Ord; HashMap: Hash; }

impl<T: Samples + Ord> Samples for BTreeSet<T> {
    fn samples() -> Vec<Self> {
        vec![Self::new(), T::samples().into_iter().collect()]
    }
}

impl<T: Samples + Eq + Hash> Samples for HashSet<T> {
    fn samples() -> Vec<Self> {
        vec![Self::new(), T::samples().into_iter().collect()]
    }
}

macro_rules! tuples {
    ($($($type:ident)*;)*) => {
        $(impl<$($type: Samples),*> Samples for ($($type,)*) {
            fn samples() -> Vec<Self> {
                // Each member takes its last value once, and its first value once.
                let last = ($($type::samples().pop().expect("at least one value"),)*);
                vec![($(first::<$type>(),)*), last]
            }
        })*
    };
}
tuples! { A; A B; A B C; A B C D; }

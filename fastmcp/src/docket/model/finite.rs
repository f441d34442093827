//! Finds numbers that JSON cannot represent. `serde_json` writes NaN and the infinities as `null`.

use std::fmt::{self, Display};

use bytes::Bytes;
use serde::ser::{self, Serialize};

/// The reason why the search in a value has ended early.
#[derive(Debug)]
enum Stop {
    NotFinite(f64),
    /// The value's own error, which `serde_json` reports.
    Other,
}

impl Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

impl std::error::Error for Stop {}

impl ser::Error for Stop {
    fn custom<T: Display>(_: T) -> Self {
        Self::Other
    }
}

/// Serializes `value` as JSON. Returns a description of the problem if that fails, or if the value contains a number
/// that JSON cannot represent.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, String> {
    match serde_json::to_vec(value) {
        // `serde_json` writes such numbers as `null`, so other results need no search.
        Ok(json) if json.windows(4).any(|part| part == b"null") => match not_finite(value) {
            None => Ok(json.into()),
            Some(number) => Err(format!("it contains {number}, which JSON cannot represent")),
        },
        Ok(json) => Ok(json.into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Returns the first number in `value` that JSON cannot represent.
pub(crate) fn not_finite<T: Serialize + ?Sized>(value: &T) -> Option<f64> {
    match value.serialize(Search) {
        Err(Stop::NotFinite(number)) => Some(number),
        Ok(()) | Err(Stop::Other) => None,
    }
}

/// A serializer that writes nothing.
#[derive(Clone, Copy)]
struct Search;

/// Implements the methods for values in which there is nothing to find.
macro_rules! nothing {
    ($($method:ident($($type:ty),*);)*) => {
        $(fn $method(self, $(_: $type),*) -> Result<(), Stop> { Ok(()) })*
    };
}

/// Implements the methods that begin a list of values.
macro_rules! lists {
    ($($method:ident($($type:ty),*) -> $list:ident;)*) => {
        $(
            type $list = Self;
            fn $method(self, $(_: $type),*) -> Result<Self, Stop> { Ok(self) }
        )*
    };
}

impl ser::Serializer for Search {
    type Ok = ();
    type Error = Stop;

    nothing! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_i128(i128);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_u128(u128);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }

    lists! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(&'static str, usize) -> SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> SerializeStructVariant;
    }

    fn serialize_f32(self, number: f32) -> Result<(), Stop> {
        self.serialize_f64(f64::from(number))
    }

    fn serialize_f64(self, number: f64) -> Result<(), Stop> {
        if number.is_finite() {
            Ok(())
        } else {
            Err(Stop::NotFinite(number))
        }
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Stop> {
        value.serialize(self)
    }
}

/// Implements the traits of lists.
macro_rules! elements {
    ($($trait:ident: $method:ident($($name:ty)?);)*) => {
        $(impl ser::$trait for Search {
            type Ok = ();
            type Error = Stop;

            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> Result<(), Stop> {
                value.serialize(*self)
            }

            fn end(self) -> Result<(), Stop> {
                Ok(())
            }
        })*
    };
}

elements! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

impl ser::SerializeMap for Search {
    type Ok = ();
    type Error = Stop;

    // The key of a JSON object is a text; `serde_json` refuses a number that is not finite there.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Stop> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Stop> {
        value.serialize(*self)
    }

    fn end(self) -> Result<(), Stop> {
        Ok(())
    }
}

//! A `Serializer` that writes nothing and checks that every number is finite.

use std::collections::HashMap;

use serde::ser;
use serde::ser::Serialize;
use serde_json::Value;

use crate::call::fault::Step;
use crate::call::finite::{Fault, Finite};

impl Finite {
    fn list(&mut self) -> List<'_> {
        List {
            finite: self,
            index: 0,
            depth: 0,
            values: HashMap::new(),
        }
    }

    /// Enters a variant. In JSON, the variant is the only entry of an object.
    fn variant(&mut self, variant: &str) -> List<'_> {
        self.place.push(Step::Field(variant.to_owned()));
        List {
            depth: 1,
            ..self.list()
        }
    }
}

macro_rules! nothing {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, _: $type) -> Result<(), Fault> {
            Ok(())
        }
    )*};
}

/// Implements the methods for primitives that can be the key of a map entry.
macro_rules! key {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method(self, key: $type) -> Result<(), Fault> {
            self.key = key.to_string();
            Ok(())
        }
    )*};
}

impl<'a> ser::Serializer for &'a mut Finite {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = List<'a>;
    type SerializeStruct = List<'a>;
    type SerializeStructVariant = List<'a>;

    nothing! {
        serialize_bytes: &[u8]; serialize_unit_struct: &'static str;
    }

    key! {
        serialize_bool: bool; serialize_i8: i8; serialize_i16: i16; serialize_i32: i32;
        serialize_i64: i64; serialize_i128: i128; serialize_u8: u8; serialize_u16: u16;
        serialize_u32: u32; serialize_u64: u64; serialize_u128: u128; serialize_char: char;
    }

    fn serialize_f32(self, number: f32) -> Result<(), Fault> {
        self.float(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Fault> {
        self.float(number)
    }

    fn serialize_str(self, text: &str) -> Result<(), Fault> {
        text.clone_into(&mut self.key);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &str, _: u32, variant: &str) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        self.within(Step::Field(variant.to_owned()), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Fault> {
        Ok(self.list())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Fault> {
        Ok(self.variant(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<List<'a>, Fault> {
        Ok(self.list())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Fault> {
        Ok(self.list())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Fault> {
        Ok(self.variant(variant))
    }
}

/// A sequence, map or struct that is being serialized.
pub(crate) struct List<'a> {
    finite: &'a mut Finite,
    index: usize,
    /// The number of steps to remove from the place at the end.
    depth: usize,
    /// The values of a map so far, if its keys have to be unique.
    values: HashMap<String, Value>,
}

impl List<'_> {
    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        let step = Step::Index(self.index);
        self.index += 1;
        self.finite.within(step, value)
    }

    fn field(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), Fault> {
        self.finite.within(Step::Field(name.to_owned()), value)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the traits require it")]
    fn leave(self) -> Result<(), Fault> {
        let place = &mut self.finite.place;
        place.truncate(place.len() - self.depth.min(place.len()));
        Ok(())
    }
}

macro_rules! list {
    ($($trait:ident, $method:ident;)*) => {$(
        impl ser::$trait for List<'_> {
            type Ok = ();
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                self.element(value)
            }

            fn end(self) -> Result<(), Fault> {
                self.leave()
            }
        }
    )*};
}

list! {
    SerializeSeq, serialize_element;
    SerializeTuple, serialize_element;
    SerializeTupleStruct, serialize_field;
    SerializeTupleVariant, serialize_field;
}

macro_rules! object {
    ($($trait:ident)*) => {$(
        impl ser::$trait for List<'_> {
            type Ok = ();
            type Error = Fault;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Fault> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Fault> {
                self.leave()
            }
        }
    )*};
}

object!(SerializeStruct SerializeStructVariant);

impl ser::SerializeMap for List<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.finite.key.clear();
        key.serialize(&mut *self.finite)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let name = std::mem::take(&mut self.finite.key);
        if self.finite.has_unique_keys
            && let Ok(json) = serde_json::to_value(value)
        {
            // A flattened map holds the fields of a flattened enum again, with the same values.
            let known = self.values.insert(name.clone(), json.clone());
            if known.is_some_and(|known| known != json) && !name.is_empty() {
                return Err(self.finite.repeated(&name));
            }
        }
        self.field(&name, value)
    }

    fn end(self) -> Result<(), Fault> {
        self.leave()
    }
}

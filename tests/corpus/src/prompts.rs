//! Prompts that take one value of a type each, as text.

use std::collections::BTreeMap;

use fastmcp::prelude::*;
use serde_json::Value;

use crate::formats::{Address, Instant, Key, Names, RenamedFields};
use crate::row::Row;
use crate::samples::Samples;
use crate::types::{Documented, External, Internal, Order, Point, Renamed, Untagged};

macro_rules! prompts {
    ($($name:ident: $type:ty;)*) => {
        $(
            /// Shows a value.
            #[prompt]
            async fn $name(value: $type) -> String {
                serde_json::to_string(&value).unwrap()
            }
        )*

        /// Returns the signatures of this table.
        pub fn rows() -> Vec<Row> {
            vec![$(Row {
                name: stringify!($name),
                signature: stringify!($type),
                samples: <$type>::samples().iter().map(|it| serde_json::to_value(it).unwrap()).collect(),
            }),*]
        }
    };
}

prompts! {
    u8_text: u8;
    u64_option_text: Option<u64>;
    i64_list_text: Vec<i64>;
    float_text: f64;
    flag_text: bool;
    flag_option_text: Option<bool>;
    letter_text: char;
    plain_text: String;
    texts_text: Vec<String>;
    json_text: Value;
    choice_text: Documented;
    choice_option_text: Option<Renamed>;
    choices_text: Option<Vec<Documented>>;
    keys_text: Vec<Key>;
    external_text: External;
    internal_text: Internal;
    untagged_text: Untagged;
    point_text: Point;
    order_text: Order;
    names_text: Names;
    renamed_fields_text: RenamedFields;
    pair_text: (String, Option<u8>);
    map_text: BTreeMap<u32, bool>;
    instant_text: Instant;
    address_text: Option<Address>;
}

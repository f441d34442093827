//! Every type of the table in every wrapper: one tool for each.

use std::collections::BTreeMap;

use fastmcp::prelude::*;
use serde_json::Value;

use crate::row::{Row, echo, row};
use crate::samples::Samples;
use crate::types::{
    Adjacent, Closed, Documented, External, Field, Flattened, Internal, Limited, Newtype, Numeric,
    Order, Plain, Point, Renamed, Untagged,
};

macro_rules! wrapped {
    ($($base:ty: $plain:ident $option:ident $list:ident $option_list:ident $list_option:ident
        $map:ident $number_map:ident $array:ident $tuple:ident $boxed:ident $field:ident
        $option_field:ident;)*) => {
        echo! { $(
            $plain: $base;
            $option_list: Option<Vec<$base>>;
            $number_map: BTreeMap<u32, $base>;
            $tuple: ($base, String);
            $field: Field<$base>;
        )* }

        /// Tools that return text.
        pub mod texts {
            use super::*;

            row! { $(
                $option: Option<$base>;
                $list: Vec<$base>;
                $list_option: Vec<Option<$base>>;
                $map: BTreeMap<String, $base>;
                $array: [$base; 2];
                $boxed: Box<$base>;
                $option_field: Field<Option<$base>>;
            )* }
        }
    };
}

wrapped! {
    u8: u8_plain u8_option u8_list u8_option_list u8_list_option u8_map u8_number_map u8_array
        u8_tuple u8_boxed u8_field u8_option_field;
    u16: u16_plain u16_option u16_list u16_option_list u16_list_option u16_map u16_number_map
        u16_array u16_tuple u16_boxed u16_field u16_option_field;
    u32: u32_plain u32_option u32_list u32_option_list u32_list_option u32_map u32_number_map
        u32_array u32_tuple u32_boxed u32_field u32_option_field;
    u64: u64_plain u64_option u64_list u64_option_list u64_list_option u64_map u64_number_map
        u64_array u64_tuple u64_boxed u64_field u64_option_field;
    usize: usize_plain usize_option usize_list usize_option_list usize_list_option usize_map
        usize_number_map usize_array usize_tuple usize_boxed usize_field usize_option_field;
    i8: i8_plain i8_option i8_list i8_option_list i8_list_option i8_map i8_number_map i8_array
        i8_tuple i8_boxed i8_field i8_option_field;
    i16: i16_plain i16_option i16_list i16_option_list i16_list_option i16_map i16_number_map
        i16_array i16_tuple i16_boxed i16_field i16_option_field;
    i32: i32_plain i32_option i32_list i32_option_list i32_list_option i32_map i32_number_map
        i32_array i32_tuple i32_boxed i32_field i32_option_field;
    i64: i64_plain i64_option i64_list i64_option_list i64_list_option i64_map i64_number_map
        i64_array i64_tuple i64_boxed i64_field i64_option_field;
    isize: isize_plain isize_option isize_list isize_option_list isize_list_option isize_map
        isize_number_map isize_array isize_tuple isize_boxed isize_field isize_option_field;
    f32: f32_plain f32_option f32_list f32_option_list f32_list_option f32_map f32_number_map
        f32_array f32_tuple f32_boxed f32_field f32_option_field;
    f64: f64_plain f64_option f64_list f64_option_list f64_list_option f64_map f64_number_map
        f64_array f64_tuple f64_boxed f64_field f64_option_field;
    bool: boolean_plain boolean_option boolean_list boolean_option_list boolean_list_option
        boolean_map boolean_number_map boolean_array boolean_tuple boolean_boxed boolean_field
        boolean_option_field;
    char: letter_plain letter_option letter_list letter_option_list letter_list_option letter_map
        letter_number_map letter_array letter_tuple letter_boxed letter_field letter_option_field;
    String: text_plain text_option text_list text_option_list text_list_option text_map
        text_number_map text_array text_tuple text_boxed text_field text_option_field;
    Value: any_plain any_option any_list any_option_list any_list_option any_map any_number_map
        any_array any_tuple any_boxed any_field any_option_field;
    Plain: unit_enum_plain unit_enum_option unit_enum_list unit_enum_option_list
        unit_enum_list_option unit_enum_map unit_enum_number_map unit_enum_array unit_enum_tuple
        unit_enum_boxed unit_enum_field unit_enum_option_field;
    Documented: documented_plain documented_option documented_list documented_option_list
        documented_list_option documented_map documented_number_map documented_array
        documented_tuple documented_boxed documented_field documented_option_field;
    Renamed: renamed_plain renamed_option renamed_list renamed_option_list renamed_list_option
        renamed_map renamed_number_map renamed_array renamed_tuple renamed_boxed renamed_field
        renamed_option_field;
    Numeric: numeric_plain numeric_option numeric_list numeric_option_list numeric_list_option
        numeric_map numeric_number_map numeric_array numeric_tuple numeric_boxed numeric_field
        numeric_option_field;
    External: external_plain external_option external_list external_option_list
        external_list_option external_map external_number_map external_array external_tuple
        external_boxed external_field external_option_field;
    Internal: internal_plain internal_option internal_list internal_option_list
        internal_list_option internal_map internal_number_map internal_array internal_tuple
        internal_boxed internal_field internal_option_field;
    Adjacent: adjacent_plain adjacent_option adjacent_list adjacent_option_list
        adjacent_list_option adjacent_map adjacent_number_map adjacent_array adjacent_tuple
        adjacent_boxed adjacent_field adjacent_option_field;
    Untagged: untagged_plain untagged_option untagged_list untagged_option_list
        untagged_list_option untagged_map untagged_number_map untagged_array untagged_tuple
        untagged_boxed untagged_field untagged_option_field;
    Point: point_plain point_option point_list point_option_list point_list_option point_map
        point_number_map point_array point_tuple point_boxed point_field point_option_field;
    Order: order_plain order_option order_list order_option_list order_list_option order_map
        order_number_map order_array order_tuple order_boxed order_field order_option_field;
    Closed: closed_plain closed_option closed_list closed_option_list closed_list_option
        closed_map closed_number_map closed_array closed_tuple closed_boxed closed_field
        closed_option_field;
    Newtype: newtype_plain newtype_option newtype_list newtype_option_list newtype_list_option
        newtype_map newtype_number_map newtype_array newtype_tuple newtype_boxed newtype_field
        newtype_option_field;
    Flattened: flattened_plain flattened_option flattened_list flattened_option_list
        flattened_list_option flattened_map flattened_number_map flattened_array flattened_tuple
        flattened_boxed flattened_field flattened_option_field;
    Limited: limited_plain limited_option limited_list limited_option_list limited_list_option
        limited_map limited_number_map limited_array limited_tuple limited_boxed limited_field
        limited_option_field;
    (String, i32): pair_plain pair_option pair_list pair_option_list pair_list_option pair_map
        pair_number_map pair_array pair_tuple pair_boxed pair_field pair_option_field;
    (u8, f64, bool): triple_plain triple_option triple_list triple_option_list triple_list_option
        triple_map triple_number_map triple_array triple_tuple triple_boxed triple_field
        triple_option_field;
}

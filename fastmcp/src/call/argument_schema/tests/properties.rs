//! Properties of values that are read again.

use proptest::prelude::*;

use super::*;

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[1]".to_owned()),
        Just("{\"x\":1}".to_owned()),
        Just("\"a\"".to_owned()),
        "[0-9.e-]{1,4}",
        ".{0,8}",
    ]
}

fn points() -> impl Strategy<Value = Point> {
    let tags = prop::collection::vec(texts(), 0..3);
    (
        any::<i32>(),
        any::<Option<u8>>(),
        prop::option::of(texts()),
        tags,
    )
        .prop_map(|(x, y, label, tags)| Point { x, y, label, tags })
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Dot),
        (any::<u8>(), texts()).prop_map(|(radius, name)| Shape::Circle { radius, name }),
        prop::collection::vec(points(), 0..3).prop_map(|points| Shape::Path { points }),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(texts(), inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Decodes a value that was serialized from `T`, in both modes.
fn round_trip<T>(value: &T)
where
    T: Serialize + DeserializeOwned + JsonSchema + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_value(value).expect("a value of the test is JSON");
    assert_eq!(strict::<T>(json.clone()).as_ref(), Ok(value), "{json}");
    assert_eq!(read::<T>(json.clone()).as_ref(), Ok(value), "{json}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_serialized_value_decodes_to_itself_in_both_modes(
        point in points(),
        shapes in prop::collection::vec(shapes(), 0..3),
        number in any::<u8>(),
        text in texts(),
        value in values(),
        map in prop::collection::btree_map(any::<u16>(), prop::option::of(any::<bool>()), 0..3),
    ) {
        round_trip(&point);
        round_trip(&shapes);
        round_trip(&text);
        round_trip(&Either::Text(text.clone()));
        round_trip(&Either::Number(number));
        round_trip(&(number, text.clone(), Some(point.clone())));
        round_trip(&Wide::Point { x: number.into() });
        for shape in &shapes {
            round_trip(&Flat { point: Inner { size: number.into() }, shape: shape.clone() });
        }
        round_trip(&map);
        round_trip(&vec![Some(text)]);
        round_trip(&value);
        round_trip(&Tree { value: number, children: vec![Tree { value: 0, children: vec![] }] });
    }

    /// Reading a value again never changes what fits, whatever else is in the value.
    #[test]
    fn what_is_read_again_fits_or_is_unchanged(value in values()) {
        let schema = schema_of::<Point>();
        if let Some(reread) = schema.reread(&value) {
            prop_assert_eq!(schema.reread(&reread), None, "{}", reread);
        }
    }
}

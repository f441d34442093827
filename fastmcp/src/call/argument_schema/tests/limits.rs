//! Tests of limits at every depth, and of members that are supplied.

use serde::Deserializer;

use super::*;

mod as_text {
    //! A `deserialize_with` that, unlike serde's own code, requires the field.

    use super::*;

    pub(super) fn read<'de, D: Deserializer<'de>>(json: D) -> Result<Option<String>, D::Error> {
        Option::<String>::deserialize(json)
    }
}

#[derive(Debug, Default, PartialEq, Deserialize, JsonSchema)]
struct Note {
    #[serde(deserialize_with = "as_text::read")]
    text: Option<String>,
    #[serde(default = "Note::five")]
    size: Option<u8>,
    inner: Option<Box<Note>>,
}

impl Note {
    #[expect(clippy::unnecessary_wraps, reason = "the type of the field")]
    fn five() -> Option<u8> {
        Some(5)
    }

    fn empty() -> Self {
        Self {
            text: None,
            size: Self::five(),
            inner: None,
        }
    }
}

#[test]
fn a_member_that_the_schema_does_not_require_may_be_missing() {
    assert_eq!(strict::<Note>(json!({})), Ok(Note::empty()));
    assert_eq!(
        strict::<Vec<Note>>(json!([{ "inner": {} }, {}])),
        Ok(vec![
            Note {
                inner: Some(Box::new(Note::empty())),
                ..Note::empty()
            },
            Note::empty(),
        ])
    );
    let many = json!(vec![json!({}); 1000]);
    assert_eq!(strict::<Vec<Note>>(many).map(|it| it.len()), Ok(1000));
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Age(#[schemars(range(min = 18, max = 99))] u8);

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Person {
    #[schemars(range(min = 18, max = 99))]
    age: u8,
    #[schemars(length(min = 2), regex(pattern = "^[A-Z]"))]
    name: String,
    #[schemars(length(max = 1))]
    pets: Vec<String>,
    partner: Option<Box<Person>>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    Cancel,
    Buy {
        #[schemars(range(min = 1))]
        count: u32,
    },
}

#[test]
fn listed_limits_are_enforced_at_every_depth() {
    assert_eq!(
        strict::<Age>(json!(5)).unwrap_err(),
        "expected a number from 18 to 99, got 5"
    );
    assert_eq!(strict::<Age>(json!(18)), Ok(Age(18)));
    assert_eq!(
        strict::<Vec<Person>>(json!([
            { "age": 5, "name": "ann", "pets": [] },
            { "age": 20, "name": "Ann", "pets": ["cat", "dog"],
              "partner": { "age": 100, "name": "B", "pets": [] } },
        ]))
        .unwrap_err(),
        "[0].age: expected a number from 18 to 99, got 5\n\
         [0].name: expected a string that matches `^[A-Z]`, got \"ann\"\n\
         [1].pets: expected at most 1 element, got 2\n\
         [1].partner.age: expected a number from 18 to 99, got 100\n\
         [1].partner.name: expected at least 2 characters, got 1"
    );
    // Errors of types and of limits are reported together.
    assert_eq!(
        read::<Person>(json!({ "age": "17", "name": 3, "pets": [] })).unwrap_err(),
        "name: expected string, got number\n\
         age: expected a number from 18 to 99, got 17"
    );
    assert_eq!(
        strict::<Order>(json!({ "kind": "buy", "count": 0 })).unwrap_err(),
        "count: expected a number of at least 1, got 0"
    );
}

#[test]
fn limits_are_enforced_in_values_of_any_size() {
    let mut ages = vec![json!(20); 200_000];
    ages.push(json!(5));
    assert_eq!(
        strict::<Vec<Age>>(ages.into()).unwrap_err(),
        "[200000]: expected a number from 18 to 99, got 5"
    );
    let errors = strict::<Vec<Age>>(json!(vec![5; 1000])).unwrap_err();
    assert_eq!(errors.lines().count(), 51);
    assert!(errors.ends_with("more errors"), "{errors}");
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Ambiguous {
    One {
        next: Option<Box<Ambiguous>>,
    },
    Two {
        next: Option<Box<Ambiguous>>,
    },
    Three {
        next: Option<Box<Ambiguous>>,
        #[schemars(range(max = 1))]
        size: u8,
    },
}

#[test]
fn ambiguous_recursive_values_are_refused_instead_of_tried_for_ever() {
    let nested = (0..60).fold(json!({ "next": null }), |inner, _| json!({ "next": inner }));
    let schema = schema_of::<Ambiguous>();
    let _ = schema.reread(&nested);
    assert_eq!(
        schema.limits(&nested)[0].message,
        "too many variants of its parts are possible to check its limits"
    );
}

#[test]
fn a_variant_without_fields_takes_none() {
    assert_eq!(
        strict::<Order>(json!({ "kind": "cancel" })),
        Ok(Order::Cancel)
    );
    assert_eq!(
        strict::<Order>(json!({ "kind": "cancel", "count": 3 })).unwrap_err(),
        "count: unknown field"
    );
    assert_eq!(
        strict::<Vec<Order>>(json!([{ "kind": "cancel", "knd": 3 }])).unwrap_err(),
        "[0].knd: unknown field; did you mean `kind`?"
    );
}

#[test]
fn types_without_limits_are_not_checked() {
    assert!(!schema_of::<(u8, i64, f32, String, Vec<Point>, Tree)>().has_limits);
    assert!(schema_of::<Vec<Person>>().has_limits);
    assert!(schema_of::<std::num::NonZeroU8>().has_limits);
}

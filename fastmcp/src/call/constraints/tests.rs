//! Tests of the error texts for invalid values, and of the checks of the constraints themselves.

use serde_json::json;

use super::*;

fn limit<T: kinds::Limit>(limit: T) -> Option<Number> {
    limit.into_number()
}

fn message(constraints: &Constraints, value: &Value) -> String {
    constraints.check(value).unwrap_err().message
}

#[test]
fn an_error_states_the_allowed_range() {
    let both = Constraints::default().min(limit(1u8)).max(limit(10u8));
    assert_eq!(
        message(&both, &json!(0)),
        "expected a number from 1 to 10, got 0"
    );
    assert_eq!(
        message(&both, &json!(10.5)),
        "expected a number from 1 to 10, got 10.5"
    );
    assert!(both.check(&json!(1)).is_ok() && both.check(&json!(10)).is_ok());
    assert!(
        both.check(&json!("11")).is_ok(),
        "the decoder checks the type"
    );
    let one = Constraints::default().min(limit(0.5f64));
    assert_eq!(
        message(&one, &json!(0)),
        "expected a number of at least 0.5, got 0"
    );
    let large = Constraints::default().max(limit(u64::MAX - 1));
    assert!(large.check(&json!(u64::MAX)).is_err());
}

#[test]
fn a_length_counts_characters_elements_or_entries() {
    let both = Constraints::default().min_length(1).max_length(3);
    assert_eq!(
        message(&both, &json!("")),
        "expected 1 to 3 characters, got 0"
    );
    assert!(both.check(&json!("äöü")).is_ok());
    assert_eq!(
        message(&both, &json!([1, 2, 3, 4])),
        "expected 1 to 3 elements, got 4"
    );
    let one = Constraints::default().min_length(1);
    assert_eq!(
        message(&one, &json!([])),
        "expected at least 1 element, got 0"
    );
    assert_eq!(
        message(&one, &json!({})),
        "expected at least 1 entry, got 0"
    );
}

#[test]
fn limits_that_no_value_can_meet_are_rejected() {
    assert!(
        Constraints::default()
            .min(limit(3))
            .max(limit(2))
            .defect(&json!(true), "")
            .is_some()
    );
    assert!(
        Constraints::default()
            .min_length(3)
            .max_length(2)
            .defect(&json!(true), "")
            .is_some()
    );
    assert!(
        Constraints::default()
            .pattern("(")
            .defect(&json!(true), "")
            .is_some()
    );
    assert!(
        Constraints::default()
            .pattern("^a$")
            .min(limit(2))
            .max(limit(2))
            .defect(&json!(true), "")
            .is_none()
    );
}

//! Tests of the table of parameters.

use super::{ProviderUse, Traits, are_accepted, is_argument, row};

const DEPENDENCY: Traits = Traits {
    dependency: true,
    ..Traits::NONE
};

const DATA: Traits = Traits {
    serialize: true,
    deserialize: true,
    json_schema: true,
    ..Traits::NONE
};

#[test]
fn a_dependency_is_injected_even_if_it_is_data_too() {
    let both = Traits {
        dependency: true,
        ..DATA
    };
    for traits in [DEPENDENCY, both] {
        assert_eq!(traits.in_call(), row::INJECTED);
        assert_eq!(traits.in_resource(false), row::INJECTED);
        assert_eq!(traits.in_task(), row::INJECTED);
        assert_eq!(traits.in_provider(true), row::INJECTED);
        assert_eq!(traits.in_receiver(), row::INJECTED);
    }
}

#[test]
fn data_is_an_argument_where_a_caller_can_pass_it() {
    assert_eq!(DATA.in_call(), row::ARGUMENT);
    assert_eq!(DATA.in_resource(true), row::ARGUMENT);
    assert_eq!(DATA.in_task(), row::QUEUED);
    assert!(is_argument(DATA.in_call()) && is_argument(DATA.in_task()));
    assert_eq!(DATA.in_provider(false), row::NOT_INJECTED);
    assert_eq!(DATA.in_receiver(), row::NOT_SHAREABLE);
}

#[test]
fn a_resource_needs_its_arguments_and_nothing_else_in_the_uri() {
    assert_eq!(DATA.in_resource(false), row::NOT_IN_URI);
    assert_eq!(DEPENDENCY.in_resource(true), row::INJECTED_IN_URI);
    assert_eq!(Traits::NONE.in_resource(true), row::NEITHER);
}

#[test]
fn each_missing_trait_has_its_own_row() {
    let with = |serialize, deserialize, json_schema| Traits {
        serialize,
        deserialize,
        json_schema,
        ..Traits::NONE
    };
    assert_eq!(with(true, true, false).in_call(), row::NO_SCHEMA);
    assert_eq!(with(true, false, true).in_call(), row::NOT_DECODABLE);
    assert_eq!(with(true, false, false).in_call(), row::NEITHER);
    assert_eq!(with(false, true, true).in_task(), row::NOT_ENCODABLE);
    assert_eq!(with(true, false, true).in_task(), row::NOT_READABLE);
    assert_eq!(with(false, false, true).in_task(), row::NEITHER_IN_TASK);
}

#[test]
fn what_belongs_to_a_request_outlives_neither_it_nor_a_call() {
    let of_request = Traits {
        request_scoped: true,
        ..DEPENDENCY
    };
    let of_execution = Traits {
        execution_scoped: true,
        ..DEPENDENCY
    };
    assert_eq!(of_request.in_task(), row::REQUEST_SCOPED);
    assert_eq!(of_execution.in_task(), row::INJECTED);
    for traits in [of_request, of_execution] {
        assert_eq!(traits.in_provider(true), row::SHORT_LIVED);
        assert_eq!(traits.in_provider(false), row::INJECTED);
    }
}

#[test]
fn a_path_that_is_not_a_provider_is_reported_once() {
    let unknown = ProviderUse {
        is_provider: false,
        is_shared: false,
        in_shared: true,
        same_type: false,
        by_value: true,
        is_clone: false,
    };
    assert_eq!(unknown.path_row(), row::NOT_A_PROVIDER);
    assert!(are_accepted(&[unknown.type_row()]));
}

#[test]
fn a_value_of_a_provider_is_borrowed_or_cloned() {
    let provided = ProviderUse {
        is_provider: true,
        is_shared: false,
        in_shared: false,
        same_type: true,
        by_value: true,
        is_clone: true,
    };
    assert_eq!(provided.path_row(), row::INJECTED);
    assert_eq!(provided.type_row(), row::CLONED);
    let not_clone = ProviderUse {
        is_clone: false,
        ..provided
    };
    assert_eq!(not_clone.type_row(), row::NOT_CLONE);
    let by_reference = ProviderUse {
        by_value: false,
        ..not_clone
    };
    assert_eq!(by_reference.type_row(), row::BORROWED);
    let other = ProviderUse {
        same_type: false,
        ..by_reference
    };
    assert_eq!(other.type_row(), row::OTHER_TYPE);
    let in_shared = ProviderUse {
        in_shared: true,
        ..provided
    };
    assert_eq!(in_shared.path_row(), row::SHORT_LIVED_PROVIDER);
    let both_shared = ProviderUse {
        is_shared: true,
        ..in_shared
    };
    assert_eq!(both_shared.path_row(), row::INJECTED);
}

#[test]
fn refused_rows_come_after_accepted_ones() {
    let accepted = [
        row::INJECTED,
        row::ARGUMENT,
        row::QUEUED,
        row::SCOPE,
        row::CLONED,
        row::BORROWED,
        row::UNKNOWN,
    ];
    let refused = [
        row::NO_SCHEMA,
        row::NOT_DECODABLE,
        row::NEITHER,
        row::INJECTED_IN_URI,
        row::NOT_IN_URI,
        row::NOT_SHAREABLE,
        row::NOT_ENCODABLE,
        row::NOT_READABLE,
        row::NEITHER_IN_TASK,
        row::REQUEST_SCOPED,
        row::NOT_INJECTED,
        row::SHORT_LIVED,
        row::NOT_A_PROVIDER,
        row::SHORT_LIVED_PROVIDER,
        row::OTHER_TYPE,
        row::NOT_CLONE,
    ];
    assert!(are_accepted(&accepted));
    for row in refused {
        assert!(!are_accepted(&[row::INJECTED, row]));
    }
    let mut numbers: Vec<u8> = accepted.into_iter().chain(refused).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..23), "two rows share a number");
}

//! The start errors for arguments of providers that a call cannot have.
//!
//! Every server in this file has all handlers, so one start reports all errors.

use fastmcp::prelude::*;
use fastmcp::{FastMcp, StartError};

#[dependency]
fn order(
    /// The order.
    #[argument]
    order_id: u64,
) -> u64 {
    order_id
}

#[dependency]
fn line(#[depends(order)] order: u64) -> u64 {
    order
}

#[dependency]
fn invoice(#[argument] order_id: String) -> String {
    order_id
}

#[dependency]
fn parcel(
    /// The parcel's order.
    #[argument]
    order_id: u64,
) -> u8 {
    u8::try_from(order_id).unwrap_or_default()
}

#[dependency]
fn limited(
    #[argument]
    #[arg(max = 9)]
    order_id: u64,
) -> u16 {
    u16::try_from(order_id).unwrap_or_default()
}

#[dependency]
fn defaulted(
    #[argument]
    #[arg(default = 1)]
    order_id: u64,
) -> u32 {
    u32::try_from(order_id).unwrap_or_default()
}

/// The compiler does not see the argument, because it is two providers away.
#[tool]
fn a_type(order_id: String, #[depends(line)] line: u64) -> String {
    format!("{order_id}{line}")
}

#[tool]
fn b_two_types(#[depends(order)] order: u64, #[depends(invoice)] invoice: &str) -> String {
    format!("{order}{invoice}")
}

#[tool]
fn c_two_descriptions(#[depends(order)] order: u64, #[depends(parcel)] parcel: u8) -> u64 {
    order + u64::from(parcel)
}

#[tool]
fn d_two_limits(#[depends(order)] order: u64, #[depends(limited)] limited: u16) -> u64 {
    order + u64::from(limited)
}

#[tool]
fn e_two_defaults(#[depends(order)] order: u64, #[depends(defaulted)] defaulted: u32) -> u64 {
    order + u64::from(defaulted)
}

#[tool]
fn f_limits(order_id: u64, #[depends(limited)] limited: u16) -> u64 {
    order_id + u64::from(limited)
}

struct OrderId;

#[tool]
fn g_injected(#[depends(line)] line: u64, order_id: State<OrderId>) -> u64 {
    drop(order_id);
    line
}

#[resource("orders://{id}")]
fn h_unknown_variable(#[depends(defaulted)] defaulted: u32) -> String {
    defaulted.to_string()
}

#[resource("all-orders://all")]
fn i_not_in_uri(#[depends(order)] order: u64) -> String {
    order.to_string()
}

#[task]
async fn j_task(#[depends(line)] line: u64) -> u64 {
    line
}

#[completion]
fn k_completion(value: &str, #[depends(order)] order: u64) -> Vec<String> {
    vec![format!("{value}{order}")]
}

#[prompt]
fn l_prompt(#[arg(complete = k_completion)] topic: String) -> String {
    topic
}

/// A limit that a value of the type cannot have.
#[dependency]
fn m_invalid(
    #[argument]
    #[arg(default = 12, max = 9)]
    page: u64,
) -> u64 {
    page
}

#[tool]
fn m_defect(#[depends(m_invalid)] number: u64) -> u64 {
    number
}

#[tokio::test]
async fn every_error_names_the_handler_the_provider_and_the_fix() {
    let server = FastMcp::new("orders")
        .docket(Docket::memory("refused"))
        .state(OrderId);
    let Err(StartError::Several(errors)) = server.start().await else {
        panic!("the server starts");
    };
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let expected = [
        (
            "tool `a_type`",
            "parameter `line` of type `u64`: provider `line` (AT), parameter `order`: provider \
             `order` (AT), parameter `order_id`: argument `order_id` is a `u64` here, but a `String` \
             in the function: give both the same type",
        ),
        (
            "tool `b_two_types`",
            "parameter `invoice` of type `String`: provider `invoice` (AT), parameter `order_id`: \
             argument `order_id` is a `String` here, but a `u64` in provider `order` (AT): give both \
             the same type, or set another name with `#[arg(rename = \"…\")]`",
        ),
        (
            "tool `c_two_descriptions`",
            "parameter `parcel` of type `u8`: provider `parcel` (AT), parameter `order_id`: argument \
             `order_id` has another description than in provider `order` (AT): write the same doc \
             comment in both, or leave it out in one of them",
        ),
        (
            "tool `d_two_limits`",
            "parameter `limited` of type `u16`: provider `limited` (AT), parameter `order_id`: \
             argument `order_id` has another default or other limits than in provider `order` (AT): \
             write the same `#[arg(…)]` in both",
        ),
        (
            "tool `e_two_defaults`",
            "parameter `defaulted` of type `u32`: provider `defaulted` (AT), parameter `order_id`: \
             argument `order_id` has another default or other limits than in provider `order` (AT): \
             write the same `#[arg(…)]` in both",
        ),
        (
            "tool `f_limits`",
            "parameter `limited` of type `u16`: provider `limited` (AT), parameter `order_id`: \
             argument `order_id` has another default or other limits than in the function: write the \
             same `#[arg(…)]` in both, or only in the function",
        ),
        (
            "tool `g_injected`",
            "parameter `line` of type `u64`: provider `line` (AT), parameter `order`: provider `order` \
             (AT), parameter `order_id`: argument `order_id` has the name of a parameter that the \
             server provides, a `State<OrderId>`, so no client sends it: rename one of them, or write \
             `#[arg(rename = \"…\")]`",
        ),
        (
            "resource `h_unknown_variable`",
            "URI variable `{id}` names neither a parameter of the function nor an argument of a \
             provider: add one, or remove the variable",
        ),
        (
            "resource `i_not_in_uri`",
            "argument `order_id` of a provider is not in the URI, so it never gets a value: add \
             `{order_id}` to the URI, or set a default",
        ),
        (
            "task `j_task`",
            "parameter `line` of type `u64`: provider `line` (AT), parameter `order`: provider `order` \
             (AT), parameter `order_id`: argument `order_id` is not a parameter of the task, and its \
             callers pass nothing else: add the parameter `order_id: u64` to the task",
        ),
        (
            "completion `k_completion`",
            "parameter `order` of type `u64`: provider `order` (AT), parameter `order_id`: argument \
             `order_id` is not a parameter of the completion, and its callers pass nothing else: add \
             the parameter `order_id: u64` to the completion",
        ),
        (
            "tool `m_defect`",
            "provider `m_invalid` (AT), parameter `page`: the default value violates the limits: \
             expected a number of at most 9, got 12",
        ),
    ];
    for (handler, problem) in expected {
        let own: Vec<&String> = errors.iter().filter(|it| it.starts_with(handler)).collect();
        let [error] = own[..] else {
            panic!("{handler}: {own:?}");
        };
        let expected = format!("{handler} (AT): {problem}");
        assert_eq!(without_lines(error), expected);
    }
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
}

/// Replaces each location with `AT`.
fn without_lines(text: &str) -> String {
    let mut parts = text.split("tests/tests/refused_call_arguments.rs:");
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        replaced += "AT";
        replaced += part.trim_start_matches(|it: char| it.is_ascii_digit());
    }
    replaced
}

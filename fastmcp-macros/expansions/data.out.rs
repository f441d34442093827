#[derive(
    ::fastmcp::serde::Serialize,
    ::fastmcp::serde::Deserialize,
    ::fastmcp::schemars::JsonSchema,
)]
#[serde(crate = "::fastmcp::serde")]
#[schemars(crate = "::fastmcp::schemars")]
struct Order {
    goods: String,
}

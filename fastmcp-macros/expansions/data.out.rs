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
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::MayBeFlat as _;
    impl __fastmcp::FormType for Order
    where
        for<'__fastmcp> __fastmcp::Flat<
            { __fastmcp::FlatProbe::<String>::FLAT },
        >: __fastmcp::IsFlat<String>,
    {}
    impl __fastmcp::NotFlat for Order {}
};

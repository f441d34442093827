/// How to refund an order.
struct Refunds;
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    const _: Refunds = Refunds;
    __fastmcp::inventory::submit! {
        __fastmcp::EmbeddedSkills { location : __fastmcp::Location::new(::core::file!(),
        ::core::line!(), ::core::module_path!()), tags : & ["public"], scopes : &
        ["support"], skills : & [("refunds", "skill://refunds/SKILL.md")], files : &
        [("refunds/SKILL.md",
        ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
        "/expansions/refunds/SKILL.md")) as & [u8]), ("refunds/templates/letter.md",
        ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"),
        "/expansions/refunds/templates/letter.md")) as & [u8])], folders : & ["refunds",
        "refunds/templates"], }
    }
};

#[derive(
    ::fastmcp::serde::Serialize,
    ::fastmcp::serde::Deserialize,
    ::fastmcp::schemars::JsonSchema,
)]
#[serde(crate = "::fastmcp::serde")]
#[schemars(crate = "::fastmcp::schemars")]
struct Parcel {
    #[schemars(length(max = 3), inner(range(min = 1)))]
    #[schemars(
        transform = ::fastmcp::__private::FieldLimits{length:::core::option::Option::Some(
            (::core::option::Option::None, ::core::option::Option::Some((3)as u64))
        ),
        range:false,
        pattern:false,
        inner:true,
        }
    )]
    labels: BTreeMap<String, u8>,
    #[schemars(range(max = 9))]
    #[schemars(
        transform = ::fastmcp::__private::FieldLimits{length:::core::option::Option::None,
        range:true,
        pattern:false,
        inner:false,
        }
    )]
    weight: u8,
    #[schemars(url)]
    link: String,
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::MayBeFlat as _;
    impl __fastmcp::FormType for Parcel
    where
        for<'__fastmcp> __fastmcp::Flat<
            { __fastmcp::FlatProbe::<BTreeMap<String, u8>>::FLAT },
        >: __fastmcp::IsFlat<BTreeMap<String, u8>>,
        for<'__fastmcp> __fastmcp::Flat<
            { __fastmcp::FlatProbe::<u8>::FLAT },
        >: __fastmcp::IsFlat<u8>,
        for<'__fastmcp> __fastmcp::Flat<
            { __fastmcp::FlatProbe::<String>::FLAT },
        >: __fastmcp::IsFlat<String>,
    {}
    impl __fastmcp::NotFlat for Parcel {}
};

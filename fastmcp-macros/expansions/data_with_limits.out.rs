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

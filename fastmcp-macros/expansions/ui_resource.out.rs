/// The page.
fn view() -> &'static str {
    include_str!("view.html")
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 0usize] = [];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[]);
    type __FastmcpReturned = &'static str;
    const __FASTMCP_FALLIBLE: bool = __fastmcp::Probe::<__FastmcpReturned>::RESULT;
    type __FastmcpValue = <__FastmcpReturned as __fastmcp::Return<
        __FASTMCP_FALLIBLE,
    >>::Value;
    type __FastmcpError = <__FastmcpReturned as __fastmcp::Return<
        __FASTMCP_FALLIBLE,
    >>::Error;
    const __FASTMCP_REPORTABLE: bool = __fastmcp::Probe::<__FastmcpError>::DISPLAY
        && __fastmcp::Probe::<__FastmcpError>::SHAREABLE;
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<view>() {
            let () = <view as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <view as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::ui_resource_row(
        __fastmcp::Probe::<__FastmcpValue>::INTO_RESOURCE_RESULT,
        __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
    );
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<view>() {
            let () = <view as __fastmcp::UiResourceCanReturn<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::NOT_HTML },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_SINK: __fastmcp::ResourceSink<__FastmcpValue> = <__FastmcpValue as __fastmcp::ResourceOutput<
        __FASTMCP_OUTPUT_ROW,
    >>::SINK;
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<__fastmcp::ResourceResult, __fastmcp::CallError>,
    > {
        __fastmcp::Boxing::<
            __FASTMCP_ACCEPTED,
        >::call(async move {
            call.check_arguments(&__FASTMCP_PARAMETERS)?;
            let returned = view();
            (__FASTMCP_SINK
                .convert)(
                <__FastmcpReturned as __fastmcp::Return<
                    __FASTMCP_FALLIBLE,
                >>::split(returned)
                    .map_err(|error| __fastmcp::CallError::Failed(
                        <__FastmcpError as __fastmcp::HandlerError<
                            __FASTMCP_REPORTABLE,
                        >>::into_error(error),
                    ))?,
            )
        })
    }
    __fastmcp::inventory::submit! {
        __fastmcp::ResourceEntry { entry : __fastmcp::Entry { name : "view", title :
        ::core::option::Option::None, description :
        ::core::option::Option::Some("The page."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions { ui_resource :
        ::core::option::Option::Some(__fastmcp::UiResource { csp :
        ::core::option::Option::Some(|| __fastmcp::UiCsp { connect :
        ::std::vec![::std::string::String::from("https://api.example.com"),
        ::std::string::String::from(origin())], resource : ::std::vec![], frame :
        ::std::vec![], base_uri : ::std::vec![], }), permissions : &
        [__fastmcp::UiPermission::Camera], domain : ::core::option::Option::None,
        prefers_border : ::core::option::Option::Some(|| true), }),
        ..__fastmcp::EntryOptions::NONE }, call : __fastmcp_call, }, uri :
        "ui://board/view.html", parts : &
        [__fastmcp::Part::Literal("ui://board/view.html")], mime_type :
        ::core::option::Option::Some("text/html;profile=mcp-app"), hints :
        __fastmcp::ResourceHints::NONE, }
    }
};

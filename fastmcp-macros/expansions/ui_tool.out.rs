/// Saves the board.
#[allow(clippy::unused_async)]
async fn save() {}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 0usize] = [];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[]);
    type __FastmcpReturned = ();
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
        const fn check<save>() {
            let () = <save as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <save as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::output_row(
        __fastmcp::Probe::<__FastmcpValue>::INTO_TOOL_RESULT,
        __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
        __fastmcp::Probe::<__FastmcpValue>::JSON_SCHEMA,
    );
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<save>() {
            let () = <save as __fastmcp::ToolCanReturn<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::OUTPUT_NOT_ENCODABLE },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_SINK: __fastmcp::Sink<__FastmcpValue> = <__FastmcpValue as __fastmcp::Output<
        __FASTMCP_OUTPUT_ROW,
    >>::SINK;
    static __FASTMCP_OUTPUT: __fastmcp::OutputSchema = __fastmcp::OutputSchema::new(
        __FASTMCP_SINK.schema,
    );
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<__fastmcp::ToolResult, __fastmcp::CallError>,
    > {
        __fastmcp::Boxing::<
            __FASTMCP_ACCEPTED,
        >::call(async move {
            call.check_arguments(&__FASTMCP_PARAMETERS)?;
            let returned = __fastmcp::Boxing::<__FASTMCP_ACCEPTED>::body(save()).await;
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
                &__FASTMCP_OUTPUT,
            )
        })
    }
    __fastmcp::inventory::submit! {
        __fastmcp::ToolEntry { entry : __fastmcp::Entry { name : "save", title :
        ::core::option::Option::None, description :
        ::core::option::Option::Some("Saves the board."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions { tool_ui :
        ::core::option::Option::Some(__fastmcp::ToolUi { resource :
        ::core::option::Option::Some("ui://board/view.html"), visibility :
        __fastmcp::UiVisibility::AppOnly, }), ..__fastmcp::EntryOptions::NONE }, call :
        __fastmcp_call, }, hints : __fastmcp::ToolHints::NONE, input_schema :
        ::core::option::Option::None, output : & __FASTMCP_OUTPUT, }
    }
};

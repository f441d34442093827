/// Counts the lines of a file.
#[allow(clippy::unused_async)]
async fn count(path: String) -> Result<usize> {
    Ok(path.len())
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    type __FastmcpType0 = String;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType0>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType0>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType0>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_call();
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<path>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <path as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <path as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <path as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <path as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<path>() {
            let () = <path as __fastmcp::TakesArg<
                __FastmcpType0,
                { !__fastmcp::is_injected(__FASTMCP_ROW_0) },
            >>::CHECK;
        }
        check::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 1usize] = [
        __FASTMCP_SOURCE_0
            .entry("path", ::core::option::Option::None, ::core::option::Option::None)
            .with_question("Of which file?"),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[__FASTMCP_ROW_0]);
    type __FastmcpReturned = Result<usize>;
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
        const fn check<count>() {
            let () = <count as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <count as __fastmcp::ErrorIsShareable<
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
        const fn check<count>() {
            let () = <count as __fastmcp::ToolCanReturn<
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
            let mut parameter_0 = call
                .argument(&__FASTMCP_SOURCE_0, &__FASTMCP_PARAMETERS[0usize]);
            call.check_arguments(&__FASTMCP_PARAMETERS)?;
            call.resolve(
                    &mut [
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_0),
                    ],
                )
                .await?;
            let parameter_0 = parameter_0.take()?;
            let returned = __fastmcp::Boxing::<
                __FASTMCP_ACCEPTED,
            >::body(count(parameter_0))
                .await;
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
        __fastmcp::ToolEntry { entry : __fastmcp::Entry { name : "count", title :
        ::core::option::Option::None, description :
        ::core::option::Option::Some("Counts the lines of a file."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions { task :
        ::core::option::Option::Some(__fastmcp::TaskOptions { required : true, poll :
        ::core::option::Option::None, ttl : ::core::option::Option::Some(||
        ::core::time::Duration::from_millis(3600000u64)), }),
        ..__fastmcp::EntryOptions::NONE }, call : __fastmcp_call, }, hints :
        __fastmcp::ToolHints::NONE, input_schema : ::core::option::Option::None, output :
        & __FASTMCP_OUTPUT, }
    }
};

/// Finds lines.
#[allow(clippy::unused_async)]
async fn find(query: &str, docket: Docket, limit: u32) -> Result<Vec<String>> {
    Ok(vec![format!("{query}{limit}{}", docket.name())])
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    type __FastmcpType0 = ::std::string::String;
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
        const fn source<query>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <query as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <query as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <query as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <query as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <::std::string::String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = Docket;
    const __FASTMCP_ROW_1: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType1>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType1>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType1>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType1>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_call();
    const __FASTMCP_SOURCE_1: __fastmcp::Source<__FastmcpType1> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<docket>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <docket as __fastmcp::HasSchema<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <docket as __fastmcp::IsDecodable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <docket as __fastmcp::IsArgumentOrDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <docket as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <Docket as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType2 = u32;
    const __FASTMCP_ROW_2: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType2>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType2>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType2>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType2>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_call();
    const __FASTMCP_SOURCE_2: __fastmcp::Source<__FastmcpType2> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<limit>() -> __fastmcp::Source<__FastmcpType2> {
            let () = <limit as __fastmcp::HasSchema<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <limit as __fastmcp::IsDecodable<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <limit as __fastmcp::IsArgumentOrDependency<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <limit as __fastmcp::BelongsToAProvider<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <u32 as __fastmcp::Parameter<__FASTMCP_ROW_2>>::SOURCE
        }
        source::<()>()
            .with_default(|| __fastmcp::GivenDefault::<
                { __fastmcp::is_argument(__FASTMCP_ROW_2) },
            >::given({
                let value;
                if false {
                    value = __fastmcp::GivenDefault::<
                        { __fastmcp::is_argument(__FASTMCP_ROW_2) },
                    >::slot(::core::marker::PhantomData::<__FastmcpType2>);
                } else {
                    value = 10;
                }
                value
            }))
    };
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<limit>() {
            let () = <limit as __fastmcp::TakesArg<
                __FastmcpType2,
                { !__fastmcp::is_injected(__FASTMCP_ROW_2) },
            >>::CHECK;
        }
        check::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 3usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "query",
                ::core::option::Option::Some("What to look for"),
                ::core::option::Option::None,
            ),
        __FASTMCP_SOURCE_1
            .entry("docket", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_2
            .entry(
                "limit",
                ::core::option::Option::None,
                ::core::option::Option::Some(|| __fastmcp::GivenDefault::<
                    { __fastmcp::is_argument(__FASTMCP_ROW_2) },
                >::to_json(
                    &{
                        let value;
                        if false {
                            value = __fastmcp::GivenDefault::<
                                { __fastmcp::is_argument(__FASTMCP_ROW_2) },
                            >::slot(::core::marker::PhantomData::<__FastmcpType2>);
                        } else {
                            value = 10;
                        }
                        value
                    },
                )),
            ),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1, __FASTMCP_ROW_2],
    );
    type __FastmcpReturned = Result<Vec<String>>;
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
        const fn check<find>() {
            let () = <find as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <find as __fastmcp::ErrorIsShareable<
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
        const fn check<find>() {
            let () = <find as __fastmcp::ToolCanReturn<
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
            let mut parameter_1 = call
                .argument(&__FASTMCP_SOURCE_1, &__FASTMCP_PARAMETERS[1usize]);
            let mut parameter_2 = call
                .argument(&__FASTMCP_SOURCE_2, &__FASTMCP_PARAMETERS[2usize]);
            call.check_arguments(&__FASTMCP_PARAMETERS)?;
            call.resolve(
                    &mut [
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_0),
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_1),
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_2),
                    ],
                )
                .await?;
            let parameter_0 = parameter_0.take()?;
            let parameter_1 = parameter_1.take()?;
            let parameter_2 = parameter_2.take()?;
            let returned = __fastmcp::Boxing::<
                __FASTMCP_ACCEPTED,
            >::body(find(&parameter_0, parameter_1, parameter_2))
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
        __fastmcp::ToolEntry { entry : __fastmcp::Entry { name : "find", title :
        ::core::option::Option::Some("Find"), description :
        ::core::option::Option::Some("Finds lines."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions::NONE, call : __fastmcp_call, }, hints :
        __fastmcp::ToolHints::NONE, input_schema : ::core::option::Option::None, output :
        & __FASTMCP_OUTPUT, }
    }
};

fn ask(topic: String) -> String {
    topic
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
        const fn source<topic>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <topic as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <topic as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <topic as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <topic as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 1usize] = [
        __FASTMCP_SOURCE_0
            .entry("topic", ::core::option::Option::None, ::core::option::Option::None),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[__FASTMCP_ROW_0]);
    type __FastmcpReturned = String;
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
        const fn check<ask>() {
            let () = <ask as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <ask as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::prompt_row(
        __fastmcp::Probe::<__FastmcpValue>::INTO_PROMPT_RESULT,
    );
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<ask>() {
            let () = <ask as __fastmcp::PromptCanReturn<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::NOT_MESSAGES },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_SINK: __fastmcp::PromptSink<__FastmcpValue> = <__FastmcpValue as __fastmcp::PromptOutput<
        __FASTMCP_OUTPUT_ROW,
    >>::SINK;
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<
            ::std::vec::Vec<__fastmcp::PromptMessage>,
            __fastmcp::CallError,
        >,
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
            let returned = ask(parameter_0);
            ::core::result::Result::Ok(
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
                ),
            )
        })
    }
    __fastmcp::inventory::submit! {
        __fastmcp::PromptEntry { entry : __fastmcp::Entry { name : "ask", title :
        ::core::option::Option::None, description : ::core::option::Option::None,
        location : __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions::NONE, call : __fastmcp_call, } }
    }
};

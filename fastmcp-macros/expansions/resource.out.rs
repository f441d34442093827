/// One user.
#[allow(clippy::unused_async)]
async fn user(id: u64, rest: String, lang: Option<String>) -> String {
    format!("{id}{rest}{lang:?}")
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    type __FastmcpType0 = u64;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType0>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType0>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType0>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_resource(true);
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<id>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <id as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <id as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <id as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <id as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            let () = <id as __fastmcp::IsSentByClients<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::INJECTED_IN_URI },
            >>::CHECK;
            let () = <id as __fastmcp::IsInUri<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_IN_URI },
            >>::CHECK;
            <u64 as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = String;
    const __FASTMCP_ROW_1: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType1>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType1>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType1>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType1>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_resource(true);
    const __FASTMCP_SOURCE_1: __fastmcp::Source<__FastmcpType1> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<rest>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <rest as __fastmcp::HasSchema<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <rest as __fastmcp::IsDecodable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <rest as __fastmcp::IsArgumentOrDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <rest as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            let () = <rest as __fastmcp::IsSentByClients<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::INJECTED_IN_URI },
            >>::CHECK;
            let () = <rest as __fastmcp::IsInUri<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_IN_URI },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType2 = Option<String>;
    const __FASTMCP_ROW_2: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType2>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType2>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType2>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType2>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_resource(true);
    const __FASTMCP_SOURCE_2: __fastmcp::Source<__FastmcpType2> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<lang>() -> __fastmcp::Source<__FastmcpType2> {
            let () = <lang as __fastmcp::HasSchema<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <lang as __fastmcp::IsDecodable<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <lang as __fastmcp::IsArgumentOrDependency<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <lang as __fastmcp::BelongsToAProvider<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            let () = <lang as __fastmcp::IsSentByClients<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::INJECTED_IN_URI },
            >>::CHECK;
            let () = <lang as __fastmcp::IsInUri<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NOT_IN_URI },
            >>::CHECK;
            <Option<String> as __fastmcp::Parameter<__FASTMCP_ROW_2>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 3usize] = [
        __FASTMCP_SOURCE_0
            .entry("id", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_1
            .entry("rest", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_2
            .entry("lang", ::core::option::Option::None, ::core::option::Option::None),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1, __FASTMCP_ROW_2],
    );
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
        const fn check<user>() {
            let () = <user as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <user as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::resource_row(
        __fastmcp::Probe::<__FastmcpValue>::INTO_RESOURCE_RESULT,
        __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
    );
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<user>() {
            let () = <user as __fastmcp::ResourceCanReturn<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::NOT_CONTENTS },
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
            >::body(user(parameter_0, parameter_1, parameter_2))
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
            )
        })
    }
    __fastmcp::inventory::submit! {
        __fastmcp::ResourceEntry { entry : __fastmcp::Entry { name : "user", title :
        ::core::option::Option::None, description :
        ::core::option::Option::Some("One user."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions::NONE, call : __fastmcp_call, }, uri :
        "users://{id}/{rest*}{?lang}", parts : & [__fastmcp::Part::Literal("users://"),
        __fastmcp::Part::Segment("id"), __fastmcp::Part::Literal("/"),
        __fastmcp::Part::Rest("rest"), __fastmcp::Part::Query(& ["lang"])], mime_type :
        ::core::option::Option::Some("application/json"), hints :
        __fastmcp::ResourceHints::NONE, }
    }
};

/// A build has finished.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy)]
struct build_finished;
impl build_finished {
    fn build_finished(repository: &str, build: &Build) -> bool {
        build.repository == repository
    }
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::Fallback as _;
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
        const fn source<repository>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <repository as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <repository as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <repository as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <repository as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <::std::string::String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = Build;
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
        const fn source<build>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <build as __fastmcp::IsPayload<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::INJECTED },
            >>::CHECK;
            let () = <build as __fastmcp::IsPayload<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <build as __fastmcp::IsPayload<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <build as __fastmcp::IsPayload<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <build as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <Build as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 2usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "repository",
                ::core::option::Option::Some("The repository to watch"),
                ::core::option::Option::None,
            ),
        __FASTMCP_SOURCE_1
            .entry(
                "#payload",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1],
    );
    type __FastmcpReturned = bool;
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
        const fn check<build_finished>() {
            let () = <build_finished as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <build_finished as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<bool, __fastmcp::CallError>,
    > {
        __fastmcp::Boxing::<
            __FASTMCP_ACCEPTED,
        >::call(async move {
            let mut parameter_0 = call
                .argument(&__FASTMCP_SOURCE_0, &__FASTMCP_PARAMETERS[0usize]);
            let mut parameter_1 = call
                .argument(&__FASTMCP_SOURCE_1, &__FASTMCP_PARAMETERS[1usize]);
            call.check_arguments(&__FASTMCP_PARAMETERS)?;
            call.resolve(
                    &mut [
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_0),
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_1),
                    ],
                )
                .await?;
            let parameter_0 = parameter_0.take()?;
            let parameter_1 = parameter_1.take()?;
            let returned = build_finished(&parameter_0, &parameter_1);
            ::core::result::Result::Ok(
                <__FastmcpValue as __fastmcp::IntoMatch>::into_match(
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
    impl ::core::ops::Deref for build_finished {
        type Target = fn(&str, &Build) -> bool;
        fn deref(&self) -> &Self::Target {
            const FUNCTION: <build_finished as ::core::ops::Deref>::Target = build_finished::build_finished;
            &FUNCTION
        }
    }
    impl __fastmcp::Event for build_finished {
        type Payload = __FastmcpType1;
        const ENTRY: &'static __fastmcp::EventEntry = &__fastmcp::Entry {
            name: "build.finished",
            title: ::core::option::Option::None,
            description: ::core::option::Option::Some("A build has finished."),
            location: __fastmcp::Location::new(
                ::core::file!(),
                ::core::line!(),
                ::core::module_path!(),
            ),
            parameters: &__FASTMCP_PARAMETERS,
            tags: &[],
            options: __fastmcp::EntryOptions::NONE,
            call: __fastmcp_call,
        };
    }
    __fastmcp::inventory::submit! {
        __fastmcp::RegisteredEvent(< build_finished as __fastmcp::Event > ::ENTRY)
    }
};

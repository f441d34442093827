#[allow(clippy::unused_async)]
fn ship(
    order_id: u64,
    order: Order,
) -> ::fastmcp::__private::Run<ship, impl ::core::future::Future<Output = Result<()>>> {
    struct __FastmcpBody;
    impl __FastmcpBody {
        #[allow(clippy::unused_async)]
        async fn ship(order_id: u64, order: Order) -> Result<()> {
            order.ship(order_id).await
        }
    }
    ::fastmcp::__private::Run::new(__FastmcpBody::ship(order_id, order))
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
enum ship {}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::Fallback as _;
    #[allow(unused_imports)]
    use __fastmcp::NotAProvider as __FastmcpProvider;
    type __FastmcpType0 = u64;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        request_scoped: __fastmcp::Probe::<__FastmcpType0>::REQUEST_SCOPED,
        serialize: __fastmcp::Probe::<__FastmcpType0>::SERIALIZE,
        deserialize: __fastmcp::Probe::<__FastmcpType0>::DESERIALIZE,
        scope: __fastmcp::Probe::<__FastmcpType0>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_task();
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<order_id>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <order_id as __fastmcp::OutlivesTheRequest<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::REQUEST_SCOPED },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsEncodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_ENCODABLE },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsReadable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_READABLE },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsTaskArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER_IN_TASK },
            >>::CHECK;
            let () = <order_id as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <u64 as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = Order;
    #[allow(dead_code)]
    const __FASTMCP_ROW_1: u8 = __fastmcp::row::INJECTED;
    const __FASTMCP_SOURCE_1: __fastmcp::Source<__FastmcpType1> = {
        #[allow(unused_imports)]
        use order as __FastmcpProvider;
        type Probe = __fastmcp::Probe<__FastmcpProvider>;
        type Value = <__FastmcpProvider as __fastmcp::ValueOf<
            { Probe::PROVIDER },
        >>::Value;
        const USE: __fastmcp::ProviderUse = __fastmcp::ProviderUse {
            is_provider: Probe::PROVIDER,
            is_shared: Probe::SHARED_PROVIDER,
            in_shared: false,
            same_type: __fastmcp::Probe::<(Value, __FastmcpType1)>::SAME,
            by_value: true,
            is_clone: __fastmcp::Probe::<__FastmcpType1>::CLONE,
        };
        const PATH_ROW: u8 = USE.path_row();
        const ROW: u8 = USE.type_row();
        const _: () = {
            #[allow(
                non_camel_case_types,
                dead_code,
                clippy::extra_unused_type_parameters,
            )]
            const fn check<order>() {
                let () = <order as __fastmcp::HasAttribute<
                    order,
                    { PATH_ROW != __fastmcp::row::NOT_A_PROVIDER },
                >>::CHECK;
                let () = <order as __fastmcp::IsShared<
                    order,
                    { PATH_ROW != __fastmcp::row::SHORT_LIVED_PROVIDER },
                >>::CHECK;
            }
            check::<()>()
        };
        const _: () = {
            #[allow(
                non_camel_case_types,
                dead_code,
                clippy::extra_unused_type_parameters,
            )]
            const fn check<order>() {
                let () = <order as __fastmcp::HasTheProvidedType<
                    __FastmcpType1,
                    __FastmcpProvider,
                    Value,
                    { ROW != __fastmcp::row::OTHER_TYPE },
                >>::CHECK;
                let () = <order as __fastmcp::IsClone<
                    __FastmcpType1,
                    __FastmcpProvider,
                    { ROW != __fastmcp::row::NOT_CLONE },
                >>::CHECK;
            }
            check::<()>()
        };
        const _: () = {
            #[allow(unused_imports)]
            use __fastmcp::ArgumentsFallback as _;
            const ARGUMENTS: &[&str] = __fastmcp::Probe::<__FastmcpProvider>::ARGUMENTS;
            const _: () = {
                #[allow(unused_imports)]
                use __fastmcp::Fallback as _;
                const AT: usize = __fastmcp::position(ARGUMENTS, "order_id");
                type Value = <__FastmcpProvider as __fastmcp::ArgumentType<
                    { AT != __fastmcp::NOWHERE },
                    AT,
                >>::Value;
                const _: () = {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::extra_unused_type_parameters,
                    )]
                    const fn check<order_id>() {
                        let () = <order_id as __fastmcp::HasTheTypeOfTheArgument<
                            __FastmcpType0,
                            __FastmcpProvider,
                            Value,
                            {
                                AT == __fastmcp::NOWHERE
                                    || !__fastmcp::is_argument(__FASTMCP_ROW_0)
                                    || __fastmcp::Probe::<(Value, __FastmcpType0)>::SAME
                            },
                        >>::CHECK;
                        let () = <order_id as __fastmcp::IsSentForProvider<
                            __FastmcpType0,
                            __FastmcpProvider,
                            {
                                AT == __fastmcp::NOWHERE
                                    || !__fastmcp::is_injected(__FASTMCP_ROW_0)
                            },
                        >>::CHECK;
                    }
                    check::<()>()
                };
            };
            const _: () = {
                const AT: usize = __fastmcp::first_missing(ARGUMENTS, &["order_id"]);
                type Name = <__FastmcpProvider as __fastmcp::ArgumentType<
                    { AT != __fastmcp::NOWHERE },
                    AT,
                >>::Name;
                type Value = <__FastmcpProvider as __fastmcp::ArgumentType<
                    { AT != __fastmcp::NOWHERE },
                    AT,
                >>::Value;
                const _: () = {
                    #[allow(
                        non_camel_case_types,
                        dead_code,
                        clippy::extra_unused_type_parameters,
                    )]
                    const fn check<order>() {
                        let () = <order as __fastmcp::TaskHasArgument<
                            Name,
                            Value,
                            __FastmcpProvider,
                            { AT == __fastmcp::NOWHERE },
                        >>::CHECK;
                    }
                    check::<()>()
                };
            };
        };
        <__FastmcpType1 as __fastmcp::Depends<
            ROW,
            __FastmcpProvider,
            Value,
            __FastmcpType1,
        >>::SOURCE
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 2usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "order_id",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
        __FASTMCP_SOURCE_1
            .entry("order", ::core::option::Option::None, ::core::option::Option::None),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1],
    );
    type __FastmcpReturned = Result<()>;
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
        const fn check<ship>() {
            let () = <ship as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <ship as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::task_output_row(
        __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
        __fastmcp::Probe::<__FastmcpValue>::DESERIALIZE,
    );
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<ship>() {
            let () = <ship as __fastmcp::ResultIsEncodable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_ENCODABLE },
            >>::CHECK;
            let () = <ship as __fastmcp::ResultIsReadable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_READABLE },
            >>::CHECK;
            let () = <ship as __fastmcp::ResultIsEncodableAndReadable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NEITHER },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_SINK: __fastmcp::TaskSink<__FastmcpValue> = <__FastmcpValue as __fastmcp::TaskOutput<
        __FASTMCP_OUTPUT_ROW,
    >>::SINK;
    static __FASTMCP_PROVIDER_ARGUMENTS: __fastmcp::LazyProviderArguments = __fastmcp::LazyProviderArguments::new(
        &__FASTMCP_PARAMETERS,
    );
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<__fastmcp::Outcome, __fastmcp::CallError>,
    > {
        __fastmcp::Boxing::<
            __FASTMCP_ACCEPTED,
        >::call(async move {
            let for_providers = call.for_providers(&__FASTMCP_PROVIDER_ARGUMENTS);
            let mut parameter_0 = call
                .argument(&__FASTMCP_SOURCE_0, &__FASTMCP_PARAMETERS[0usize]);
            let mut parameter_1 = call
                .argument(&__FASTMCP_SOURCE_1, &__FASTMCP_PARAMETERS[1usize]);
            call.check_arguments_with(&__FASTMCP_PARAMETERS, for_providers)?;
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
            let returned = __fastmcp::Boxing::<
                __FASTMCP_ACCEPTED,
            >::body(ship(parameter_0, parameter_1))
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
    static __FASTMCP_POLICY: __fastmcp::LazyPolicy = __fastmcp::LazyPolicy::new(|| {
        ::core::result::Result::Ok(__fastmcp::Policy {
            ..::core::default::Default::default()
        })
    });
    impl __fastmcp::Task for ship {
        type Arguments = <__FastmcpType0 as __fastmcp::Prepend<
            { __fastmcp::is_argument(__FASTMCP_ROW_0) },
            <__FastmcpType1 as __fastmcp::Prepend<
                { __fastmcp::is_argument(__FASTMCP_ROW_1) },
                __fastmcp::Nil,
            >>::List,
        >>::List;
        type Output = __FastmcpValue;
        const ENTRY: &'static __fastmcp::TaskEntry = &__fastmcp::TaskEntry {
            name: "ship",
            location: __fastmcp::Location::new(
                ::core::file!(),
                ::core::line!(),
                ::core::module_path!(),
            ),
            parameters: &__FASTMCP_PARAMETERS,
            policy: &__FASTMCP_POLICY,
            lanes: __fastmcp::Lanes {
                ..__fastmcp::Lanes::NONE
            },
            only_if: ::core::option::Option::None,
            is_automatic: false,
            call: __fastmcp_call,
        };
    }
    __fastmcp::inventory::submit! {
        __fastmcp::RegisteredTask(< ship as __fastmcp::Task > ::ENTRY)
    }
};

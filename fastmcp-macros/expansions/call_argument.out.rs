/// The order of the call.
#[allow(clippy::unused_async)]
async fn order(order_id: u64, currency: &str, pool: &Pool) -> Result<Order> {
    pool.order(order_id, currency).await
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
enum order {}
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
        deserialize: __fastmcp::Probe::<__FastmcpType0>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType0>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType0>::SCOPE,
        clone: __fastmcp::Probe::<__FastmcpType0>::CLONE,
        shareable: __fastmcp::Probe::<__FastmcpType0>::SHAREABLE,
        ..__fastmcp::Traits::NONE
    }
        .in_argument(true);
    const __FASTMCP_ARGUMENT_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<order_id>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <order_id as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <order_id as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            let () = <order_id as __fastmcp::IsNoDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::INJECTED_ARGUMENT },
            >>::CHECK;
            let () = <order_id as __fastmcp::CanBeTakenByProviders<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_SHAREABLE },
            >>::CHECK;
            let () = <order_id as __fastmcp::ArgumentIsClone<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_CLONE },
            >>::CHECK;
            <u64 as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
            .with_default(|| __fastmcp::GivenDefault::<
                { __fastmcp::is_argument(__FASTMCP_ROW_0) },
            >::given({
                let value;
                if false {
                    value = __fastmcp::GivenDefault::<
                        { __fastmcp::is_argument(__FASTMCP_ROW_0) },
                    >::slot(::core::marker::PhantomData::<__FastmcpType0>);
                } else {
                    value = 7;
                }
                value
            }))
    };
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<order_id>() {
            let () = <order_id as __fastmcp::TakesArg<
                __FastmcpType0,
                { !__fastmcp::is_injected(__FASTMCP_ROW_0) },
            >>::CHECK;
        }
        check::<()>()
    };
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<order_id>() {
            #[allow(unused_imports)]
            use __fastmcp::KindFallback as _;
            let () = <order_id as __fastmcp::Bounded<
                __FastmcpType0,
                { __fastmcp::KindProbe::<__FastmcpType0>::KIND },
            >>::CHECK;
        }
        check::<()>()
    };
    static __FASTMCP_CONSTRAINTS_0: __fastmcp::LazyConstraints = __fastmcp::LazyConstraints::new(||
    {
        #[allow(unused_imports)]
        use __fastmcp::KindFallback as _;
        <__fastmcp::Constraints as ::core::default::Default>::default()
            .min(__fastmcp::KindProbe::<__FastmcpType0>::limit(1))
    });
    static __FASTMCP_ARGUMENT_0: __fastmcp::CallArgument = __fastmcp::CallArgument {
        entry: __FASTMCP_ARGUMENT_SOURCE_0
            .entry(
                "order_id",
                ::core::option::Option::Some("The number on the invoice."),
                ::core::option::Option::Some(|| __fastmcp::GivenDefault::<
                    { __fastmcp::is_argument(__FASTMCP_ROW_0) },
                >::to_json(
                    &{
                        let value;
                        if false {
                            value = __fastmcp::GivenDefault::<
                                { __fastmcp::is_argument(__FASTMCP_ROW_0) },
                            >::slot(::core::marker::PhantomData::<__FastmcpType0>);
                        } else {
                            value = 7;
                        }
                        value
                    },
                )),
            )
            .with_constraints(&__FASTMCP_CONSTRAINTS_0),
        provider: "order",
        location: __fastmcp::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::module_path!(),
        ),
        type_id: ::core::any::TypeId::of::<__FastmcpType0>,
        decode: |decoding| <__FastmcpType0 as __fastmcp::TakenFromCall<
            __FASTMCP_ROW_0,
            __FastmcpType0,
        >>::decode(&__FASTMCP_ARGUMENT_SOURCE_0, decoding),
    };
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = __fastmcp::Source::taken_from_call(
        |needs| needs.argument(&__FASTMCP_ARGUMENT_0),
        |injector| ::core::option::Option::Some(
            <__FastmcpType0 as __fastmcp::TakenFromCall<
                __FASTMCP_ROW_0,
                __FastmcpType0,
            >>::take(injector, &__FASTMCP_ARGUMENT_0),
        ),
    );
    type __FastmcpType1 = ::std::string::String;
    const __FASTMCP_ROW_1: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType1>::DEPENDENCY,
        deserialize: __fastmcp::Probe::<__FastmcpType1>::DESERIALIZE,
        json_schema: __fastmcp::Probe::<__FastmcpType1>::JSON_SCHEMA,
        scope: __fastmcp::Probe::<__FastmcpType1>::SCOPE,
        clone: __fastmcp::Probe::<__FastmcpType1>::CLONE,
        shareable: __fastmcp::Probe::<__FastmcpType1>::SHAREABLE,
        ..__fastmcp::Traits::NONE
    }
        .in_argument(false);
    const __FASTMCP_ARGUMENT_SOURCE_1: __fastmcp::Source<__FastmcpType1> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<currency>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <currency as __fastmcp::HasSchema<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <currency as __fastmcp::IsDecodable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <currency as __fastmcp::IsArgumentOrDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <currency as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            let () = <currency as __fastmcp::IsNoDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::INJECTED_ARGUMENT },
            >>::CHECK;
            let () = <currency as __fastmcp::CanBeTakenByProviders<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_SHAREABLE },
            >>::CHECK;
            let () = <currency as __fastmcp::ArgumentIsClone<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_CLONE },
            >>::CHECK;
            <::std::string::String as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_ARGUMENT_1: __fastmcp::CallArgument = __fastmcp::CallArgument {
        entry: __FASTMCP_ARGUMENT_SOURCE_1
            .entry(
                "currency",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
        provider: "order",
        location: __fastmcp::Location::new(
            ::core::file!(),
            ::core::line!(),
            ::core::module_path!(),
        ),
        type_id: ::core::any::TypeId::of::<__FastmcpType1>,
        decode: |decoding| <__FastmcpType1 as __fastmcp::TakenFromCall<
            __FASTMCP_ROW_1,
            __fastmcp::ProviderRef<__FastmcpType1>,
        >>::decode(&__FASTMCP_ARGUMENT_SOURCE_1, decoding),
    };
    const __FASTMCP_SOURCE_1: __fastmcp::Source<
        __fastmcp::ProviderRef<__FastmcpType1>,
    > = __fastmcp::Source::taken_from_call(
        |needs| needs.argument(&__FASTMCP_ARGUMENT_1),
        |injector| ::core::option::Option::Some(
            <__FastmcpType1 as __fastmcp::TakenFromCall<
                __FASTMCP_ROW_1,
                __fastmcp::ProviderRef<__FastmcpType1>,
            >>::take(injector, &__FASTMCP_ARGUMENT_1),
        ),
    );
    type __FastmcpType2 = Pool;
    #[allow(dead_code)]
    const __FASTMCP_ROW_2: u8 = __fastmcp::row::INJECTED;
    const __FASTMCP_SOURCE_2: __fastmcp::Source<
        __fastmcp::ProviderRef<__FastmcpType2>,
    > = {
        #[allow(unused_imports)]
        use pool as __FastmcpProvider;
        type Probe = __fastmcp::Probe<__FastmcpProvider>;
        type Value = <__FastmcpProvider as __fastmcp::ValueOf<
            { Probe::PROVIDER },
        >>::Value;
        const USE: __fastmcp::ProviderUse = __fastmcp::ProviderUse {
            is_provider: Probe::PROVIDER,
            is_shared: Probe::SHARED_PROVIDER,
            in_shared: false,
            same_type: __fastmcp::Probe::<(Value, __FastmcpType2)>::SAME,
            by_value: false,
            is_clone: __fastmcp::Probe::<__FastmcpType2>::CLONE,
        };
        const PATH_ROW: u8 = USE.path_row();
        const ROW: u8 = USE.type_row();
        const _: () = {
            #[allow(
                non_camel_case_types,
                dead_code,
                clippy::extra_unused_type_parameters,
            )]
            const fn check<pool>() {
                let () = <pool as __fastmcp::HasAttribute<
                    pool,
                    { PATH_ROW != __fastmcp::row::NOT_A_PROVIDER },
                >>::CHECK;
                let () = <pool as __fastmcp::IsShared<
                    pool,
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
            const fn check<pool>() {
                let () = <pool as __fastmcp::HasTheProvidedType<
                    __FastmcpType2,
                    __FastmcpProvider,
                    Value,
                    { ROW != __fastmcp::row::OTHER_TYPE },
                >>::CHECK;
                let () = <pool as __fastmcp::IsClone<
                    __FastmcpType2,
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
                #[allow(unused_imports)]
                use __fastmcp::Fallback as _;
                const AT: usize = __fastmcp::position(ARGUMENTS, "currency");
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
                    const fn check<currency>() {
                        let () = <currency as __fastmcp::HasTheTypeOfTheArgument<
                            __FastmcpType1,
                            __FastmcpProvider,
                            Value,
                            {
                                AT == __fastmcp::NOWHERE
                                    || !__fastmcp::is_argument(__FASTMCP_ROW_1)
                                    || __fastmcp::Probe::<(Value, __FastmcpType1)>::SAME
                            },
                        >>::CHECK;
                        let () = <currency as __fastmcp::IsSentForProvider<
                            __FastmcpType1,
                            __FastmcpProvider,
                            {
                                AT == __fastmcp::NOWHERE
                                    || !__fastmcp::is_injected(__FASTMCP_ROW_1)
                            },
                        >>::CHECK;
                    }
                    check::<()>()
                };
            };
        };
        <__FastmcpType2 as __fastmcp::Depends<
            ROW,
            __FastmcpProvider,
            Value,
            __fastmcp::ProviderRef<__FastmcpType2>,
        >>::SOURCE
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 3usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "order_id",
                ::core::option::Option::Some("The number on the invoice."),
                ::core::option::Option::None,
            ),
        __FASTMCP_SOURCE_1
            .entry(
                "currency",
                ::core::option::Option::None,
                ::core::option::Option::None,
            )
            .borrowed::<__FastmcpType1>(),
        __FASTMCP_SOURCE_2
            .entry("pool", ::core::option::Option::None, ::core::option::Option::None)
            .borrowed::<__FastmcpType2>(),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1, __FASTMCP_ROW_2],
    );
    type __FastmcpReturned = Result<Order>;
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
        const fn check<order>() {
            let () = <order as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <order as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    type __FastmcpGiven = <__FastmcpType0 as __fastmcp::Provides<
        { __fastmcp::is_scope(__FASTMCP_ROW_0) },
        <__FastmcpType1 as __fastmcp::Provides<
            { __fastmcp::is_scope(__FASTMCP_ROW_1) },
            <__FastmcpType2 as __fastmcp::Provides<
                { __fastmcp::is_scope(__FASTMCP_ROW_2) },
                __fastmcp::Returned<__FastmcpValue>,
            >>::Given,
        >>::Given,
    >>::Given;
    const __FASTMCP_SHAREABLE: bool = __fastmcp::Probe::<__FastmcpValue>::SHAREABLE;
    #[allow(unused_imports)]
    use __fastmcp::ProvidesFallback as _;
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<order>() {
            let () = <order as __fastmcp::CanBeProvided<
                __FastmcpValue,
                { __FASTMCP_SHAREABLE },
            >>::CHECK;
            let () = <order as __fastmcp::ProvidesOnce<
                { __fastmcp::Probe::<__FastmcpGiven>::PROVIDES_ONCE },
            >>::CHECK;
        }
        check::<()>()
    };
    fn __fastmcp_make(
        injector: __fastmcp::Injector,
    ) -> __fastmcp::BoxFuture<'static, __fastmcp::ProviderResult> {
        __fastmcp::Boxing::<
            __FASTMCP_ACCEPTED,
        >::call(async move {
            let mut parameter_0 = __fastmcp::Pending::new(
                &__FASTMCP_SOURCE_0,
                &__FASTMCP_PARAMETERS[0usize],
            );
            let mut parameter_1 = __fastmcp::Pending::new(
                &__FASTMCP_SOURCE_1,
                &__FASTMCP_PARAMETERS[1usize],
            );
            let mut parameter_2 = __fastmcp::Pending::new(
                &__FASTMCP_SOURCE_2,
                &__FASTMCP_PARAMETERS[2usize],
            );
            __fastmcp::resolve_in_provider(
                    &injector,
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
                .await
                .map_err(__fastmcp::provider_error)?;
            let parameter_0 = parameter_0.take()?;
            let parameter_1 = parameter_1.take()?;
            let parameter_2 = parameter_2.take()?;
            let returned = __fastmcp::Boxing::<
                __FASTMCP_ACCEPTED,
            >::body(order(parameter_0, &*parameter_1, &*parameter_2))
                .await;
            let value = <__FastmcpReturned as __fastmcp::Return<
                __FASTMCP_FALLIBLE,
            >>::split(returned)
                .map_err(|error| <__FastmcpError as __fastmcp::HandlerError<
                    __FASTMCP_REPORTABLE,
                >>::into_error(error))?;
            <__FastmcpGiven as __fastmcp::Finished<
                __FASTMCP_SHAREABLE,
            >>::finish(value, &injector);
            ::core::result::Result::Ok(())
        })
    }
    type __FastmcpSelf = order;
    const _: () = {
        type Provider = __FastmcpSelf;
        #[allow(
            non_camel_case_types,
            missing_docs,
            unreachable_pub,
            unnameable_types,
            clippy::empty_enums
        )]
        pub enum order_id {}
        impl __fastmcp::ArgumentAt<0usize> for Provider {
            type Value = __FastmcpType0;
            type Name = order_id;
        }
    };
    const _: () = {
        type Provider = __FastmcpSelf;
        #[allow(
            non_camel_case_types,
            missing_docs,
            unreachable_pub,
            unnameable_types,
            clippy::empty_enums
        )]
        pub enum currency {}
        impl __fastmcp::ArgumentAt<1usize> for Provider {
            type Value = __FastmcpType1;
            type Name = currency;
        }
    };
    impl __fastmcp::Provider for order {
        type Value = <__FastmcpGiven as __fastmcp::Finished<__FASTMCP_SHAREABLE>>::Value;
        const ARGUMENTS: &'static [&'static str] = &["order_id", "currency"];
        const ENTRY: &'static __fastmcp::ProviderEntry = &__fastmcp::ProviderEntry {
            name: "order",
            location: __fastmcp::Location::new(
                ::core::file!(),
                ::core::line!(),
                ::core::module_path!(),
            ),
            shared: false,
            needs: |needs| __fastmcp::provider_needs(&__FASTMCP_PARAMETERS, needs),
        };
        fn make(
            injector: __fastmcp::Injector,
        ) -> __fastmcp::BoxFuture<'static, __fastmcp::ProviderResult> {
            __fastmcp_make(injector)
        }
    }
};

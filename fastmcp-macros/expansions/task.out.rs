/// Charges a customer.
#[allow(clippy::unused_async)]
pub fn charge(
    customer: String,
    amount: u64,
    progress: Progress,
) -> ::fastmcp::__private::Run<
    charge,
    impl ::core::future::Future<Output = Result<u64>>,
> {
    struct __FastmcpBody;
    impl __FastmcpBody {
        #[allow(clippy::unused_async)]
        async fn charge(
            customer: String,
            mut amount: u64,
            progress: Progress,
        ) -> Result<u64> {
            amount += 1;
            progress.set_message(customer).await?;
            Ok(amount)
        }
    }
    ::fastmcp::__private::Run::new(__FastmcpBody::charge(customer, amount, progress))
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
pub enum charge {}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::Fallback as _;
    type __FastmcpType0 = String;
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
        const fn source<customer>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <customer as __fastmcp::OutlivesTheRequest<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::REQUEST_SCOPED },
            >>::CHECK;
            let () = <customer as __fastmcp::IsEncodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_ENCODABLE },
            >>::CHECK;
            let () = <customer as __fastmcp::IsReadable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_READABLE },
            >>::CHECK;
            let () = <customer as __fastmcp::IsTaskArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER_IN_TASK },
            >>::CHECK;
            let () = <customer as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = u64;
    const __FASTMCP_ROW_1: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType1>::DEPENDENCY,
        request_scoped: __fastmcp::Probe::<__FastmcpType1>::REQUEST_SCOPED,
        serialize: __fastmcp::Probe::<__FastmcpType1>::SERIALIZE,
        deserialize: __fastmcp::Probe::<__FastmcpType1>::DESERIALIZE,
        scope: __fastmcp::Probe::<__FastmcpType1>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_task();
    const __FASTMCP_SOURCE_1: __fastmcp::Source<__FastmcpType1> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<amount>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <amount as __fastmcp::OutlivesTheRequest<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::REQUEST_SCOPED },
            >>::CHECK;
            let () = <amount as __fastmcp::IsEncodable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_ENCODABLE },
            >>::CHECK;
            let () = <amount as __fastmcp::IsReadable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_READABLE },
            >>::CHECK;
            let () = <amount as __fastmcp::IsTaskArgumentOrDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER_IN_TASK },
            >>::CHECK;
            let () = <amount as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <u64 as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType2 = Progress;
    const __FASTMCP_ROW_2: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType2>::DEPENDENCY,
        request_scoped: __fastmcp::Probe::<__FastmcpType2>::REQUEST_SCOPED,
        serialize: __fastmcp::Probe::<__FastmcpType2>::SERIALIZE,
        deserialize: __fastmcp::Probe::<__FastmcpType2>::DESERIALIZE,
        scope: __fastmcp::Probe::<__FastmcpType2>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_task();
    const __FASTMCP_SOURCE_2: __fastmcp::Source<__FastmcpType2> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<progress>() -> __fastmcp::Source<__FastmcpType2> {
            let () = <progress as __fastmcp::OutlivesTheRequest<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::REQUEST_SCOPED },
            >>::CHECK;
            let () = <progress as __fastmcp::IsEncodable<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NOT_ENCODABLE },
            >>::CHECK;
            let () = <progress as __fastmcp::IsReadable<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NOT_READABLE },
            >>::CHECK;
            let () = <progress as __fastmcp::IsTaskArgumentOrDependency<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::NEITHER_IN_TASK },
            >>::CHECK;
            let () = <progress as __fastmcp::BelongsToAProvider<
                __FastmcpType2,
                { __FASTMCP_ROW_2 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <Progress as __fastmcp::Parameter<__FASTMCP_ROW_2>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 3usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "customer",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
        __FASTMCP_SOURCE_1
            .entry("amount", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_2
            .entry(
                "progress",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1, __FASTMCP_ROW_2],
    );
    type __FastmcpReturned = Result<u64>;
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
        const fn check<charge>() {
            let () = <charge as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <charge as __fastmcp::ErrorIsShareable<
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
        const fn check<charge>() {
            let () = <charge as __fastmcp::ResultIsEncodable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_ENCODABLE },
            >>::CHECK;
            let () = <charge as __fastmcp::ResultIsReadable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_READABLE },
            >>::CHECK;
            let () = <charge as __fastmcp::ResultIsEncodableAndReadable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NEITHER },
            >>::CHECK;
        }
        check::<()>()
    };
    const __FASTMCP_SINK: __fastmcp::TaskSink<__FastmcpValue> = <__FastmcpValue as __fastmcp::TaskOutput<
        __FASTMCP_OUTPUT_ROW,
    >>::SINK;
    fn __fastmcp_call(
        mut call: __fastmcp::Call,
    ) -> __fastmcp::BoxFuture<
        'static,
        ::core::result::Result<__fastmcp::Outcome, __fastmcp::CallError>,
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
            >::body(charge(parameter_0, parameter_1, parameter_2))
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
            retry: __fastmcp::Retry::attempts(3)
                .delay(::core::time::Duration::from_millis(5000u64)),
            concurrency: ::core::option::Option::Some(1),
            ..::core::default::Default::default()
        })
    });
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<customer, concurrency>() {
            let () = <customer as __fastmcp::IsSentToTask<
                __FastmcpType0,
                concurrency,
                { !__fastmcp::is_injected(__FASTMCP_ROW_0) },
            >>::CHECK;
        }
        check::<(), ()>()
    };
    impl __fastmcp::Task for charge {
        type Arguments = <__FastmcpType0 as __fastmcp::Prepend<
            { __fastmcp::is_argument(__FASTMCP_ROW_0) },
            <__FastmcpType1 as __fastmcp::Prepend<
                { __fastmcp::is_argument(__FASTMCP_ROW_1) },
                <__FastmcpType2 as __fastmcp::Prepend<
                    { __fastmcp::is_argument(__FASTMCP_ROW_2) },
                    __fastmcp::Nil,
                >>::List,
            >>::List,
        >>::List;
        type Output = __FastmcpValue;
        const ENTRY: &'static __fastmcp::TaskEntry = &__fastmcp::TaskEntry {
            name: "charge",
            location: __fastmcp::Location::new(
                ::core::file!(),
                ::core::line!(),
                ::core::module_path!(),
            ),
            parameters: &__FASTMCP_PARAMETERS,
            policy: &__FASTMCP_POLICY,
            lanes: __fastmcp::Lanes {
                concurrency: ::core::option::Option::Some("customer"),
                ..__fastmcp::Lanes::NONE
            },
            only_if: {
                const __FASTMCP_ONLY_IF: fn(&__fastmcp::Error) -> bool = is_passing;
                ::core::option::Option::Some(__FASTMCP_ONLY_IF)
            },
            is_automatic: false,
            call: __fastmcp_call,
        };
    }
    __fastmcp::inventory::submit! {
        __fastmcp::RegisteredTask(< charge as __fastmcp::Task > ::ENTRY)
    }
};

/// The pool of the database.
#[allow(clippy::unused_async)]
async fn pool(settings: State<Settings>) -> Result<Pool> {
    Pool::connect(&settings.url).await
}
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
enum pool {}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::Fallback as _;
    type __FastmcpType0 = State<Settings>;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        request_scoped: __fastmcp::Probe::<__FastmcpType0>::REQUEST_SCOPED,
        execution_scoped: __fastmcp::Probe::<__FastmcpType0>::EXECUTION_SCOPED,
        scope: __fastmcp::Probe::<__FastmcpType0>::SCOPE,
        ..__fastmcp::Traits::NONE
    }
        .in_provider(true);
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<settings>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <settings as __fastmcp::IsDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_INJECTED },
            >>::CHECK;
            let () = <settings as __fastmcp::LivesAsLongAsTheServer<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SHORT_LIVED },
            >>::CHECK;
            <State<Settings> as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 1usize] = [
        __FASTMCP_SOURCE_0
            .entry(
                "settings",
                ::core::option::Option::None,
                ::core::option::Option::None,
            ),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[__FASTMCP_ROW_0]);
    type __FastmcpReturned = Result<Pool>;
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
        const fn check<pool>() {
            let () = <pool as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <pool as __fastmcp::ErrorIsShareable<
                __FastmcpError,
                { __FASTMCP_REPORTABLE || !__fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
        }
        check::<()>()
    };
    type __FastmcpGiven = <__FastmcpType0 as __fastmcp::Provides<
        { __fastmcp::is_scope(__FASTMCP_ROW_0) },
        __fastmcp::Returned<__FastmcpValue>,
    >>::Given;
    const __FASTMCP_SHAREABLE: bool = __fastmcp::Probe::<__FastmcpValue>::SHAREABLE;
    #[allow(unused_imports)]
    use __fastmcp::ProvidesFallback as _;
    const _: () = {
        #[allow(non_camel_case_types, dead_code, clippy::extra_unused_type_parameters)]
        const fn check<pool>() {
            let () = <pool as __fastmcp::CanBeProvided<
                __FastmcpValue,
                { __FASTMCP_SHAREABLE },
            >>::CHECK;
            let () = <pool as __fastmcp::ProvidesOnce<
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
            __fastmcp::resolve_in_provider(
                    &injector,
                    &mut [
                        __fastmcp::Boxing::<
                            __FASTMCP_ACCEPTED,
                        >::pending(&mut parameter_0),
                    ],
                )
                .await
                .map_err(__fastmcp::provider_error)?;
            let parameter_0 = parameter_0.take()?;
            let returned = __fastmcp::Boxing::<
                __FASTMCP_ACCEPTED,
            >::body(pool(parameter_0))
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
    impl __fastmcp::Provider for pool {
        type Value = <__FastmcpGiven as __fastmcp::Finished<__FASTMCP_SHAREABLE>>::Value;
        const ENTRY: &'static __fastmcp::ProviderEntry = &__fastmcp::ProviderEntry {
            name: "pool",
            location: __fastmcp::Location::new(
                ::core::file!(),
                ::core::line!(),
                ::core::module_path!(),
            ),
            shared: true,
            needs: |needs| __fastmcp::provider_needs(&__FASTMCP_PARAMETERS, needs),
        };
        fn make(
            injector: __fastmcp::Injector,
        ) -> __fastmcp::BoxFuture<'static, __fastmcp::ProviderResult> {
            __fastmcp_make(injector)
        }
    }
};

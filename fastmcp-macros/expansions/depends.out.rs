#[allow(clippy::unused_async)]
async fn count(table: String, pool: &Pool) -> Result<u64> {
    pool.count(table).await
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    #[allow(unused_imports)]
    use __fastmcp::NotAProvider as __FastmcpProvider;
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
        const fn source<table>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <table as __fastmcp::HasSchema<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NO_SCHEMA },
            >>::CHECK;
            let () = <table as __fastmcp::IsDecodable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_DECODABLE },
            >>::CHECK;
            let () = <table as __fastmcp::IsArgumentOrDependency<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NEITHER },
            >>::CHECK;
            let () = <table as __fastmcp::BelongsToAProvider<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = Pool;
    #[allow(dead_code)]
    const __FASTMCP_ROW_1: u8 = __fastmcp::row::INJECTED;
    const __FASTMCP_SOURCE_1: __fastmcp::Source<
        __fastmcp::ProviderRef<__FastmcpType1>,
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
            same_type: __fastmcp::Probe::<(Value, __FastmcpType1)>::SAME,
            by_value: false,
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
                    __FastmcpType1,
                    __FastmcpProvider,
                    Value,
                    { ROW != __fastmcp::row::OTHER_TYPE },
                >>::CHECK;
                let () = <pool as __fastmcp::IsClone<
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
                const AT: usize = __fastmcp::position(ARGUMENTS, "table");
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
                    const fn check<table>() {
                        let () = <table as __fastmcp::HasTheTypeOfTheArgument<
                            __FastmcpType0,
                            __FastmcpProvider,
                            Value,
                            {
                                AT == __fastmcp::NOWHERE
                                    || !__fastmcp::is_argument(__FASTMCP_ROW_0)
                                    || __fastmcp::Probe::<(Value, __FastmcpType0)>::SAME
                            },
                        >>::CHECK;
                        let () = <table as __fastmcp::IsSentForProvider<
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
        };
        <__FastmcpType1 as __fastmcp::Depends<
            ROW,
            __FastmcpProvider,
            Value,
            __fastmcp::ProviderRef<__FastmcpType1>,
        >>::SOURCE
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 2usize] = [
        __FASTMCP_SOURCE_0
            .entry("table", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_1
            .entry("pool", ::core::option::Option::None, ::core::option::Option::None)
            .borrowed::<__FastmcpType1>(),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1],
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
    static __FASTMCP_PROVIDER_ARGUMENTS: __fastmcp::LazyProviderArguments = __fastmcp::LazyProviderArguments::new(
        &__FASTMCP_PARAMETERS,
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
            >::body(count(parameter_0, &*parameter_1))
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
        ::core::option::Option::None, description : ::core::option::Option::None,
        location : __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions::NONE, call : __fastmcp_call, }, hints :
        __fastmcp::ToolHints::NONE, input_schema : ::core::option::Option::None, output :
        & __FASTMCP_OUTPUT, }
    }
};

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
        ..__fastmcp::Traits::NONE
    }
        .in_call();
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<table>() -> __fastmcp::Source<__FastmcpType0> {
            <String as __fastmcp::Parameter<__FASTMCP_ROW_0, table>>::SOURCE
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
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn check<pool>() {
            <__FastmcpProvider as __fastmcp::IsProvider<PATH_ROW, pool, pool>>::CHECK
        }
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<pool>() -> __fastmcp::Source<
            __fastmcp::ProviderRef<__FastmcpType1>,
        > {
            <__FastmcpType1 as __fastmcp::Depends<
                ROW,
                __FastmcpProvider,
                Value,
                __fastmcp::ProviderRef<__FastmcpType1>,
                pool,
            >>::SOURCE
        }
        check::<()>();
        source::<()>()
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
    const __FASTMCP_OUTPUT_ROW: u8 = __fastmcp::output_row(
        __fastmcp::Probe::<__FastmcpValue>::INTO_TOOL_RESULT,
        __fastmcp::Probe::<__FastmcpValue>::SERIALIZE,
        __fastmcp::Probe::<__FastmcpValue>::JSON_SCHEMA,
    );
    const __FASTMCP_SINK: __fastmcp::Sink<__FastmcpValue> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn sink<count>() -> __fastmcp::Sink<__FastmcpValue> {
            <__FastmcpValue as __fastmcp::Output<__FASTMCP_OUTPUT_ROW, count>>::SINK
        }
        sink::<()>()
    };
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
                        <__FastmcpError as __fastmcp::HandlerError>::into_error(error),
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

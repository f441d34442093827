impl Library {
    /// How many books there are.
    fn count(&self) -> usize {
        self.books.len()
    }
    #[allow(clippy::unused_async)]
    fn index(
        &self,
        title: String,
    ) -> ::fastmcp::__private::Run<
        __Fastmcp_Library_index,
        impl ::core::future::Future<Output = ()> + '_,
    > {
        ::fastmcp::__private::Run::new(Self::__index(self, title))
    }
    #[doc(hidden)]
    #[allow(clippy::unused_async)]
    async fn __index(&self, title: String) {
        self.index.insert(title);
    }
}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::{Fallback as _, OutputFallback as _};
    type __FastmcpType0 = __fastmcp::State<Library>;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        ..__fastmcp::Traits::NONE
    }
        .in_receiver();
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<this>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <this as __fastmcp::IsShareable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_SHAREABLE },
            >>::CHECK;
            <__fastmcp::State<Library> as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 1usize] = [
        __FASTMCP_SOURCE_0
            .entry("self", ::core::option::Option::None, ::core::option::Option::None),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(&[__FASTMCP_ROW_0]);
    type __FastmcpReturned = usize;
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
            let returned = <Library>::count(&*parameter_0);
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
        ::core::option::Option::None, description :
        ::core::option::Option::Some("How many books there are."), location :
        __fastmcp::Location::new(::core::file!(), ::core::line!(),
        ::core::module_path!()), parameters : & __FASTMCP_PARAMETERS, tags : & [],
        options : __fastmcp::EntryOptions::NONE, call : __fastmcp_call, }, hints :
        __fastmcp::ToolHints::NONE, input_schema : ::core::option::Option::None, output :
        & __FASTMCP_OUTPUT, }
    }
};
#[doc(hidden)]
#[allow(non_camel_case_types, missing_docs, clippy::empty_enums)]
enum __Fastmcp_Library_index {}
const _: () = {
    #[allow(unused_imports)]
    use ::fastmcp::__private as __fastmcp;
    #[allow(unused_imports)]
    use __fastmcp::Fallback as _;
    type __FastmcpType0 = __fastmcp::State<Library>;
    const __FASTMCP_ROW_0: u8 = __fastmcp::Traits {
        dependency: __fastmcp::Probe::<__FastmcpType0>::DEPENDENCY,
        ..__fastmcp::Traits::NONE
    }
        .in_receiver();
    const __FASTMCP_SOURCE_0: __fastmcp::Source<__FastmcpType0> = {
        #[allow(non_camel_case_types, clippy::extra_unused_type_parameters)]
        const fn source<this>() -> __fastmcp::Source<__FastmcpType0> {
            let () = <this as __fastmcp::IsShareable<
                __FastmcpType0,
                { __FASTMCP_ROW_0 != __fastmcp::row::NOT_SHAREABLE },
            >>::CHECK;
            <__fastmcp::State<Library> as __fastmcp::Parameter<__FASTMCP_ROW_0>>::SOURCE
        }
        source::<()>()
    };
    type __FastmcpType1 = String;
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
        const fn source<title>() -> __fastmcp::Source<__FastmcpType1> {
            let () = <title as __fastmcp::OutlivesTheRequest<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::REQUEST_SCOPED },
            >>::CHECK;
            let () = <title as __fastmcp::IsEncodable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_ENCODABLE },
            >>::CHECK;
            let () = <title as __fastmcp::IsReadable<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NOT_READABLE },
            >>::CHECK;
            let () = <title as __fastmcp::IsTaskArgumentOrDependency<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::NEITHER_IN_TASK },
            >>::CHECK;
            let () = <title as __fastmcp::BelongsToAProvider<
                __FastmcpType1,
                { __FASTMCP_ROW_1 != __fastmcp::row::SCOPE_ELSEWHERE },
            >>::CHECK;
            <String as __fastmcp::Parameter<__FASTMCP_ROW_1>>::SOURCE
        }
        source::<()>()
    };
    static __FASTMCP_PARAMETERS: [__fastmcp::ParameterEntry; 2usize] = [
        __FASTMCP_SOURCE_0
            .entry("self", ::core::option::Option::None, ::core::option::Option::None),
        __FASTMCP_SOURCE_1
            .entry("title", ::core::option::Option::None, ::core::option::Option::None),
    ];
    const __FASTMCP_ACCEPTED: bool = __fastmcp::are_accepted(
        &[__FASTMCP_ROW_0, __FASTMCP_ROW_1],
    );
    type __FastmcpReturned = ();
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
        const fn check<index>() {
            let () = <index as __fastmcp::ErrorHasMessage<
                __FastmcpError,
                { __fastmcp::Probe::<__FastmcpError>::DISPLAY },
            >>::CHECK;
            let () = <index as __fastmcp::ErrorIsShareable<
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
        const fn check<index>() {
            let () = <index as __fastmcp::ResultIsEncodable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_ENCODABLE },
            >>::CHECK;
            let () = <index as __fastmcp::ResultIsReadable<
                __FastmcpValue,
                { __FASTMCP_OUTPUT_ROW != __fastmcp::TASK_OUTPUT_NOT_READABLE },
            >>::CHECK;
            let () = <index as __fastmcp::ResultIsEncodableAndReadable<
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
            >::body(<Library>::index(&*parameter_0, parameter_1))
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
    impl __fastmcp::Task for __Fastmcp_Library_index {
        type Arguments = <__FastmcpType0 as __fastmcp::Prepend<
            { __fastmcp::is_argument(__FASTMCP_ROW_0) },
            <__FastmcpType1 as __fastmcp::Prepend<
                { __fastmcp::is_argument(__FASTMCP_ROW_1) },
                __fastmcp::Nil,
            >>::List,
        >>::List;
        type Output = __FastmcpValue;
        const ENTRY: &'static __fastmcp::TaskEntry = &__fastmcp::TaskEntry {
            name: "index",
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
        __fastmcp::RegisteredTask(< __Fastmcp_Library_index as __fastmcp::Task > ::ENTRY)
    }
};

//! [`Event`]: the trait of the types that represent functions with `#[event]`, and their registration.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::call::argument_error::ArgumentError;
use crate::call::arguments::Call;
use crate::call::decode_argument::Encoding;
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::origin::Origin;
use crate::call::inject::provided::Provided;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::portable::output;
use crate::call::portable::schemas::SchemaForm;
use crate::call::schema;
use crate::call::schema_generator::output_generator;
use crate::caller::Caller;
use crate::component::entry::Entry;

/// The name of the payload among the parameters.
const PAYLOAD: &str = "#payload";

/// An event. [`#[event]`](macro@crate::event) implements it for a type with the name of the function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "not an event",
    note = "put `#[event]` on the function"
)]
pub trait Event: Send + 'static {
    /// The type of the parameter with `#[payload]`.
    type Payload: Send;
    /// The registration.
    #[doc(hidden)]
    const ENTRY: &'static EventEntry;
}

/// The registration of an event. Its function returns whether a subscription matches.
#[doc(hidden)]
pub type EventEntry = Entry<bool>;

/// A reference to an [`EventEntry`]. `inventory` collects these references.
#[doc(hidden)]
pub struct RegisteredEvent(pub &'static EventEntry);

inventory::collect!(RegisteredEvent);

/// A type that the function of an event may return: `bool`, or nothing if every subscription matches. Both may be
/// in a `Result`.
#[diagnostic::on_unimplemented(
    message = "an event cannot return `{Self}`",
    label = "not a `bool`",
    note = "return whether the payload matches the arguments of the subscription, or nothing if it always does"
)]
pub trait IntoMatch {
    /// Returns whether the subscription gets the event.
    fn into_match(self) -> bool;
}

impl IntoMatch for bool {
    fn into_match(self) -> bool {
        self
    }
}

impl IntoMatch for () {
    fn into_match(self) -> bool {
        true
    }
}

/// The schemas of an event, as `events/list` contains them.
pub(crate) struct EventSchemas {
    pub(crate) input: Map<String, Value>,
    pub(crate) payload: Map<String, Value>,
    /// The problem that prevents the start.
    pub(crate) defect: Option<String>,
}

impl EventEntry {
    /// Returns the parameter with `#[payload]`.
    fn payload(&self) -> Option<&'static ParameterEntry> {
        self.parameters.iter().find(|it| it.name == PAYLOAD)
    }

    /// Returns the schemas of the arguments and of the payload.
    pub(crate) fn schemas(&self, form: SchemaForm) -> EventSchemas {
        let arguments = self.parameters.iter().filter(|it| it.name != PAYLOAD);
        let arguments: Vec<&ParameterEntry> = arguments.collect();
        let input = schema::input_schema(&arguments, form);
        let (payload, problem) = self.payload_schema();
        EventSchemas {
            input: input.schema,
            payload,
            defect: input.defect.or(problem),
        }
    }

    fn payload_schema(&self) -> (Map<String, Value>, Option<String>) {
        const PROBLEM: &str = "the payload must be a struct that is written as a JSON object: put \
                               `#[fastmcp::data]` on a struct, and take it with `#[payload]`";
        let Some(ParameterKind::Argument { schema, .. }) = self.payload().map(|it| &it.kind) else {
            return (Map::new(), Some(PROBLEM.to_owned()));
        };
        let mut generator = output_generator();
        let Value::Object(mut schema) = schema(&mut generator).to_value() else {
            return (Map::new(), Some(PROBLEM.to_owned()));
        };
        schema::add_definitions(&mut schema, generator);
        output::output(&mut schema);
        schema::replace_formats(&mut schema);
        let definitions = schema.get("$defs").and_then(Value::as_object).cloned();
        let is_object = schema::is_object(&schema, &definitions.unwrap_or_default());
        (schema, (!is_object).then(|| PROBLEM.to_owned()))
    }

    /// Checks the arguments of a subscription. The error lists all problems.
    pub(crate) async fn check_arguments(
        &self,
        provided: &Arc<Provided>,
        arguments: &Map<String, Value>,
    ) -> Result<(), String> {
        if arguments.contains_key(PAYLOAD) {
            return Err(format!("arguments: unknown argument `{PAYLOAD}`"));
        }
        let injector = Injector::new(Arc::clone(provided), Origin::ArgumentsOnly);
        let call = Call::check(arguments.clone(), Encoding::Lenient, injector);
        let Err(CallError::Arguments(errors)) = (self.call)(call).await else {
            return Ok(());
        };
        let is_payload =
            |it: &ArgumentError| matches!(it, ArgumentError::Missing { name } if name == PAYLOAD);
        let errors = errors.0.iter().filter(|it| !is_payload(it));
        let errors: Vec<String> = errors.map(|it| format!("arguments.{it}")).collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors.join("; "))
        }
    }

    /// Returns whether a subscription with these arguments gets an event with this payload.
    pub(crate) async fn matches(
        &self,
        provided: &Arc<Provided>,
        mut arguments: Map<String, Value>,
        payload: &Map<String, Value>,
        subscriber: Caller,
    ) -> Result<bool, String> {
        arguments.insert(PAYLOAD.to_owned(), Value::Object(payload.clone()));
        let injector = Injector::new(Arc::clone(provided), Origin::Event(subscriber));
        let call = Call::new(arguments, Encoding::Lenient, injector);
        self.run(call).await.map_err(|error| error.to_string())
    }
}

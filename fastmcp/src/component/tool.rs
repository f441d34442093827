//! Tools: their registration and listing.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::call::arguments::UnknownArguments;
use crate::call::decode_argument::Encoding;
use crate::call::portable::defect;
use crate::call::portable::lint::SchemaLint;
use crate::call::portable::numbers::wide_as_text;
use crate::call::portable::schemas::{SchemaForm, Schemas, WideIntegers};
use crate::call::schema::{self, Listed};
use crate::component::access::Component;
use crate::component::call_settings::{CallSettings, HEARTBEAT};
use crate::component::entry::Entry;
use crate::component::options::{Heartbeat, ToolHints};
use crate::component::output::schema::OutputSchema;
use crate::component::output::tool_result::ToolResult;
use crate::component_kind::ComponentKind;
use crate::mcp::Tool;
use crate::selection::Descriptor;

/// A tool as `tools/list` contains it.
pub(crate) struct ListedTool {
    pub(crate) tool: Tool,
    /// The parts of its input schema that a host may refuse or misread.
    pub(crate) lints: Vec<SchemaLint>,
    /// The problem with its input schema that prevents the start.
    pub(crate) defect: Option<String>,
}

/// The registration of a `#[tool]`.
#[doc(hidden)]
pub struct ToolEntry {
    /// The part that all kinds of components share.
    pub entry: Entry<ToolResult>,
    /// Hints about the effects of a call.
    pub hints: ToolHints,
    /// The schema of the input, if the attribute sets it.
    pub input_schema: Option<fn() -> Value>,
    /// The schema of the structured content.
    pub output: &'static OutputSchema,
}

inventory::collect!(ToolEntry);

impl ToolEntry {
    /// Returns the properties by which the tool can be selected.
    pub(crate) fn descriptor(&self) -> Descriptor<'static> {
        self.entry.descriptor(ComponentKind::Tool, None)
    }

    /// Returns the tool for rules about callers.
    pub(crate) fn component(&self) -> Component {
        let mut component = self.entry.component(ComponentKind::Tool, None);
        component.hints = self.hints;
        component
    }

    /// Returns the form of the tool's schemas, on a server that lists this form.
    pub(crate) fn form(&self, server: SchemaForm) -> SchemaForm {
        let options = &self.entry.options;
        SchemaForm {
            schemas: options.schemas.unwrap_or(server.schemas),
            wide_integers: options.wide_integers.unwrap_or(server.wide_integers),
        }
    }

    /// Returns the tool's entry in `tools/list`, on a server that lists this form of schemas.
    pub(crate) fn listing(&self, server: SchemaForm) -> ListedTool {
        let entry = &self.entry;
        let form = self.form(server);
        let input = match self.input_schema.map(|schema| schema()) {
            Some(Value::Object(schema)) => declared(schema, form),
            _ => schema::input_schema(&entry.all_parameters(), form),
        };
        let description = entry.description.map(Into::into);
        let mut tool = Tool::new_with_raw(entry.name, description, Arc::new(input.schema));
        tool.title = entry.title.map(Into::into);
        tool.output_schema = self.output.schema(form);
        tool.annotations = self.hints.listing();
        tool.icons = entry.icons();
        tool.meta = entry.meta();
        ListedTool {
            tool,
            lints: input.lints,
            defect: input.defect,
        }
    }

    /// Returns the encoding of the arguments.
    pub(crate) fn encoding(&self, settings: &CallSettings) -> Encoding {
        let strict = self.entry.options.strict;
        if !strict.unwrap_or(settings.strict_arguments) {
            Encoding::Lenient
        } else if self.wide_integers(settings) == WideIntegers::Text {
            Encoding::JsonWithTextIntegers
        } else {
            Encoding::Json
        }
    }

    /// Returns the form of integers of 64 bits.
    pub(crate) fn wide_integers(&self, settings: &CallSettings) -> WideIntegers {
        let own = self.entry.options.wide_integers;
        own.unwrap_or(settings.wide_integers)
    }

    /// Returns what happens to arguments that have no parameter.
    pub(crate) fn unknown_arguments(&self, settings: &CallSettings) -> UnknownArguments {
        let ignore = self.entry.options.ignore_unknown;
        if ignore.unwrap_or(settings.ignore_unknown_arguments) {
            UnknownArguments::Ignore
        } else {
            UnknownArguments::IgnoreOfHosts
        }
    }

    /// Returns the time without progress after which a heartbeat is sent.
    pub(crate) fn heartbeat(&self, settings: &CallSettings) -> Option<Duration> {
        let interval = match self.entry.options.heartbeat {
            None => settings.heartbeat,
            Some(Heartbeat::Off) => None,
            Some(Heartbeat::On) => Some(settings.heartbeat.unwrap_or(HEARTBEAT)),
            Some(Heartbeat::Every(interval)) => Some(interval()),
        };
        // Without a pause, heartbeats would never let the call run.
        interval.filter(|interval| !interval.is_zero())
    }

    /// Returns the maximum size of an answer, in bytes.
    pub(crate) fn max_answer(&self, settings: &CallSettings) -> Option<usize> {
        let own = self.entry.options.max_answer.map(|size| size());
        own.or(settings.max_answer)
    }
}

/// Returns the schema that the attribute sets, in the form that the server lists.
fn declared(mut schema: Map<String, Value>, form: SchemaForm) -> Listed {
    if form.wide_integers == WideIntegers::Text {
        wide_as_text(&mut schema);
    }
    match form.schemas {
        Schemas::Exact => Listed {
            schema,
            lints: Vec::new(),
            defect: None,
        },
        Schemas::Portable => {
            // The rewriting would merge some of these, and change what the schema says.
            let defect = defect::of_root(&schema);
            let mut listed = schema::portable(schema, true);
            listed.defect = defect.or(listed.defect);
            listed
        }
    }
}

//! Finishes the result of a tool: the form of integers, the check against the listed schema, and the limit of
//! its size.

use crate::call::portable::schemas::{SchemaForm, WideIntegers};
use crate::component::answer_store::Owner;
use crate::component::bounded_answer::AnswerLimit;
use crate::component::dispatch::Dispatcher;
use crate::component::entry::Entry;
use crate::component::output::tool_result::ToolResult;
use crate::component::tool::ToolEntry;
use crate::context::request::Context;

impl Dispatcher {
    /// Returns the result of a call as the client gets it.
    pub(crate) fn finish(
        &self,
        tool: &'static ToolEntry,
        result: ToolResult,
        context: Option<&Context>,
    ) -> ToolResult {
        let form = tool.form(self.registry.schemas);
        let result = match form.wide_integers {
            WideIntegers::Text => tool.output.with_text_integers(result),
            WideIntegers::Number => result,
        };
        let mut result = self.checked(tool, form, result);
        let has_schema = tool.output.schema(form).is_some();
        if let Some(bytes) = tool.max_answer(&self.settings) {
            let limit = AnswerLimit { bytes, has_schema };
            result = limit.apply(result, |whole, mime_type| {
                self.answers.keep(Owner::of(context), whole, mime_type)
            });
        }
        if has_schema {
            result
        } else {
            result.with_wrapped_json_text()
        }
    }

    /// Returns the result, or an error if its structured content does not match the schema that the tool
    /// lists.
    fn checked(&self, tool: &ToolEntry, form: SchemaForm, result: ToolResult) -> ToolResult {
        if !self.settings.check_results || result.is_error {
            return result;
        }
        let Some(problem) = tool.output.mismatch(form, &result) else {
            return result;
        };
        let Entry { name, location, .. } = &tool.entry;
        tracing::error!(tool = name, %location, "{problem}");
        if self.mask_error_details {
            return ToolResult::error(format!("tool `{name}` failed"));
        }
        ToolResult::error(format!("tool `{name}` ({location}): {problem}"))
    }
}

//! The list of tools for a client that does not support tasks.

use crate::component::dispatch::Dispatcher;
use crate::context::request::Context;
use crate::mcp::Tool;
use crate::mcp_tasks::fallback::{call, text};

/// Changes the tools whose calls may be answered with an ID: their descriptions say so, and they have no output schema,
/// because the answer with an ID would not match it.
pub(crate) fn for_client(dispatcher: &Dispatcher, tools: &mut [Tool], context: &Context) {
    if dispatcher.task_fallback.is_none() || context.declares_tasks() {
        return;
    }
    let caller = context.caller();
    for tool in tools {
        let Some(fallback) = call::of_tool(dispatcher, &tool.name, &caller) else {
            continue;
        };
        let sentence = text::description(fallback);
        let description = match &tool.description {
            Some(own) => format!("{own}\n\n{sentence}"),
            None => sentence,
        };
        tool.description = Some(description.into());
        tool.output_schema = None;
    }
}

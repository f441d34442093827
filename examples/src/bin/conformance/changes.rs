//! Tools that notify clients of changed lists.

use fastmcp::ListKind;
use fastmcp::prelude::*;

/// Notifies clients that the tools have changed.
#[tool]
async fn test_trigger_tool_change(ctx: Context) -> &'static str {
    ctx.notify_list_changed(ListKind::Tools);
    "The tools have changed."
}

/// Notifies clients that the prompts have changed.
#[tool]
async fn test_trigger_prompt_change(ctx: Context) -> &'static str {
    ctx.notify_list_changed(ListKind::Prompts);
    "The prompts have changed."
}

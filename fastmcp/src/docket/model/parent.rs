//! The cancellation of executions together with their parents.

/// Returns the reason of an execution that was cancelled together with its parent.
pub(crate) fn cancelled_with(parent: &str) -> String {
    format!("its parent `{parent}` was cancelled")
}

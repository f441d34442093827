//! [`DeadLetter`]: an execution that no worker ends, so that the backend logs it.

/// An execution that became a dead letter because its workers were lost, or because no worker has its task.
#[derive(Debug)]
pub(crate) struct DeadLetter {
    pub(crate) key: String,
    pub(crate) task: String,
    pub(crate) attempt: u32,
    pub(crate) reason: String,
}

impl DeadLetter {
    /// Logs the dead letter as an error.
    pub(crate) fn log(&self) {
        let Self {
            key,
            task,
            attempt,
            reason,
        } = self;
        tracing::error!(task, key, attempt, error = %reason, "dead letter");
    }
}

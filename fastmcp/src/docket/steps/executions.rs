//! Other executions as steps: adds them once, and waits for their ends.

use std::future::pending;
use std::panic::Location;
use std::sync::Arc;

use anyhow::Result;
use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;

use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::steps::Steps;
use crate::docket::steps::step::Step;
use crate::docket::steps::waits::Wait;

impl Steps {
    /// Waits until all of these executions have ended, and returns their results in order. The execution holds no slot
    /// of a worker meanwhile.
    ///
    /// Their results are kept for the docket's `result_ttl` after each has ended. If that time has passed when the last
    /// one ends, the result is [`DocketError::Expired`].
    ///
    /// # Errors
    /// The backend's error. The errors of the executions are in the list.
    pub async fn wait_for_all<'a, R: DeserializeOwned + 'a>(
        &self,
        executions: impl IntoIterator<Item = &'a Execution<R>>,
    ) -> Result<Vec<std::result::Result<R, DocketError>>> {
        let executions: Vec<&Execution<R>> = executions.into_iter().collect();
        let busy = self.0.waits.busy();
        let has_ended = try_join_all(executions.iter().map(|execution| async {
            match execution.state().await {
                Ok(state) => Ok(state.is_terminal()),
                Err(DocketError::Expired { .. }) => Ok(true),
                Err(error) => Err(error),
            }
        }))
        .await?;
        let running: Vec<ExecutionId> = executions
            .iter()
            .zip(&has_ended)
            .filter(|(_, has_ended)| !**has_ended)
            .map(|(execution, _)| execution.id())
            .collect();
        if !running.is_empty() && self.0.run.is_some() {
            let _wait = self.0.waits.wait(Wait::Ends(running));
            drop(busy);
            return pending().await;
        }
        let mut results = Vec::with_capacity(executions.len());
        for execution in executions {
            results.push(execution.result().await);
        }
        Ok(results)
    }

    /// Records an execution that the step `name` adds, so that it is added once.
    pub(crate) async fn add_execution<R>(
        &self,
        name: Arc<str>,
        line: &'static Location<'static>,
        docket: Docket,
        adding: impl Future<Output = std::result::Result<Execution<R>, DocketError>>,
    ) -> Result<Execution<R>> {
        let step = Step {
            steps: self,
            name,
            line,
        };
        let body = async {
            let execution = adding.await?;
            let (id, key, task) = (execution.id().0, execution.key(), execution.task());
            Ok((id, key.to_string(), task.to_string()))
        };
        let (id, key, task): (u64, String, String) = step.run(body).await?;
        let (id, key, task) = (ExecutionId(id), Key::from(key), Name::from(task));
        Ok(Execution::new(docket, id, key, task, false))
    }
}

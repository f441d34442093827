//! `steps.add(name, docket.add(task)(…))`: adds an execution as a durable step.

use std::panic::Location;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::background::add::Add;
use crate::background::task::Task;
use crate::docket::execution::Execution;
use crate::docket::steps::Steps;
use crate::error::Result;

impl Steps {
    /// Adds an execution as the step `name`, and returns its handle. When the body runs again, the handle refers to the
    /// same execution. [`wait_for_all`](Self::wait_for_all) waits for the results.
    ///
    /// Without a [key](Add::key), the execution gets one that is derived from this execution and the step. If the
    /// process dies after the execution was added and before the step is recorded, the next run finds it by that key.
    /// If it has also ended by then, it is added again.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Steps, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn square(number: u32) -> u32 {
    ///     number * number
    /// }
    ///
    /// #[task]
    /// async fn sum(to: u32, docket: Docket, steps: Steps) -> Result<u32> {
    ///     let mut squares = Vec::new();
    ///     for number in 1..=to {
    ///         let name = format!("square {number}");
    ///         squares.push(steps.add(name, docket.add(square)(number)).await?);
    ///     }
    ///     let mut sum = 0;
    ///     for square in steps.wait_for_all(&squares).await? {
    ///         sum += square?;
    ///     }
    ///     Ok(sum)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("squares");
    /// let total = docket.add(sum)(3).await?;
    /// Worker::new(&docket)?.run_until_finished().await?;
    /// assert_eq!(total.result().await?, 1 + 4 + 9);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn add<'a, T: Task>(
        &'a self,
        name: impl Into<String>,
        execution: Add<'a, T>,
    ) -> BoxFuture<'a, Result<Execution<T::Output>>>
    where
        T::Output: 'static,
    {
        let (name, line) = (Arc::<str>::from(name.into()), Location::caller());
        let execution = match self.key() {
            Some((_, id)) => execution.default_key(|| format!("{}/{name}", id.0)),
            None => execution,
        };
        let docket = execution.docket().clone();
        self.add_execution(name, line, docket, execution.into_future())
            .boxed()
    }
}

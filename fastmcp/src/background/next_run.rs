//! [`NextRun::arguments`]: sets the arguments of a perpetual task's next run.

use crate::background::arguments::ArgumentList;
use crate::background::payload::{named, payload};
use crate::background::run::TaskFn;
use crate::background::task::Task;
use crate::docket::current_execution::handles::NextRun;
use crate::docket::error::DocketError;

/// The arguments of a perpetual task's next run.
impl NextRun {
    /// Returns a function that takes the task's arguments and sets them for the next run.
    ///
    /// ```
    /// use fastmcp::dependencies::NextRun;
    /// use fastmcp::prelude::*;
    ///
    /// /// Counts down once a second, then stops.
    /// #[task(perpetual(every = "1s"))]
    /// async fn countdown(from: u32, next: NextRun) -> Result<()> {
    ///     match from.checked_sub(1) {
    ///         Some(less) => next.arguments(countdown)(less)?,
    ///         None => next.stop(),
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The function returns [`DocketError::Payload`] if the arguments cannot be written as JSON.
    pub fn arguments<F, P>(
        &self,
        task: F,
    ) -> <<F::Task as Task>::Arguments as ArgumentList>::Function<'_, Result<(), DocketError>>
    where
        F: TaskFn<P>,
    {
        drop(task);
        <F::Task as Task>::Arguments::function(|arguments| {
            let named = named::<F::Task>(arguments)?;
            self.payload(payload::<F::Task>(&named)?);
            Ok(())
        })
    }
}

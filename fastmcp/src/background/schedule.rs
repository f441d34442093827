//! `docket.add(task)(arguments)`: schedules a task. The compiler checks the arguments.

use crate::background::add::Add;
use crate::background::arguments::ArgumentList;
use crate::background::run::TaskFn;
use crate::background::task::Task;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::model::submission::WhileRunning;

/// The function that [`Docket::add`] returns: it takes the task's arguments, without its
/// dependencies.
type Arguments<'d, T> = <<T as Task>::Arguments as ArgumentList>::Function<'d, Add<'d, T>>;

/// Scheduling `#[task]` functions.
impl Docket {
    /// Returns a function of the arguments of `task`. It schedules an execution of the task.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// /// Says hello `times` times. The docket is not an argument: the worker provides it.
    /// #[task]
    /// async fn greet(name: String, docket: Docket, times: u32) -> Result<Vec<String>> {
    ///     Ok(vec![format!("Hello, {name}, from {}", docket.name()); times as usize])
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("greetings");
    /// let worker = Worker::new(&docket)?;
    ///
    /// let execution = docket.add(greet)("Ada".to_owned(), 2).key("hello-ada").await?;
    /// worker.run_until_finished().await?;
    /// assert_eq!(execution.result().await?[0], "Hello, Ada, from greetings");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add<F, P>(&self, task: F) -> Arguments<'_, F::Task>
    where
        F: TaskFn<P>,
    {
        // The type identifies the task. The worker calls the function through the registration.
        drop(task);
        <F::Task as Task>::Arguments::function(|arguments| Add::new(self, arguments))
    }

    /// Like [`add`](Self::add), but replaces the execution that is scheduled or queued under `key`. If that
    /// execution is running, the new one waits for it; see [`Add::cancel_previous`] and
    /// [`Add::reject_while_running`] for the alternatives.
    ///
    /// ```standalone_crate
    /// # use fastmcp::dependencies::{Docket, Worker};
    /// # use fastmcp::prelude::*;
    /// # #[task]
    /// # async fn report(day: u32) -> u32 { day }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let docket = Docket::memory("reports");
    /// docket.add(report)(1).key("report").await?;
    /// let second = docket.replace(report, "report")(2).await?;
    /// # Worker::new(&docket)?.run_until_finished().await?;
    /// # assert_eq!(second.result().await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn replace<F, P>(&self, task: F, key: impl Into<Key>) -> Arguments<'_, F::Task>
    where
        F: TaskFn<P>,
    {
        drop(task);
        let key = key.into();
        <F::Task as Task>::Arguments::function(|arguments| {
            Add::new(self, arguments)
                .key(key)
                .while_running(WhileRunning::Queue)
        })
    }

    /// Schedules many executions of one task in one batch. Returns one result for each, in order: an
    /// execution that is refused does not affect the others. If the docket is full, the remaining
    /// executions are refused at once, even with [`WhenFull::Wait`](crate::docket::WhenFull::Wait).
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn square(number: u32) -> u32 {
    ///     number * number
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// # let docket = Docket::memory("squares");
    /// let squares = docket.add_all((1..4).map(|number| docket.add(square)(number))).await?;
    /// Worker::new(&docket)?.run_until_finished().await?;
    /// let mut sum = 0;
    /// for square in squares {
    ///     sum += square?.result().await?;
    /// }
    /// assert_eq!(sum, 1 + 4 + 9);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the batch did not reach the store.
    pub async fn add_all<T: Task>(
        &self,
        executions: impl IntoIterator<Item = Add<'_, T>>,
    ) -> Result<Vec<Result<Execution<T::Output>, DocketError>>, DocketError> {
        let submissions = executions.into_iter().map(Add::into_submission).collect();
        let answers = self.submit_each(submissions).await?;
        let typed = answers.into_iter().map(|it| it.map(Execution::typed));
        Ok(typed.collect())
    }
}

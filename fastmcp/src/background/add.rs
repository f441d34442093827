//! `docket.add(task)(arguments)`: schedules a task, with its arguments checked by the compiler.

use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use crate::background::arguments::ArgumentList;
use crate::background::arguments::Encoded;
use crate::background::run::TaskFn;
use crate::background::task::Task;
use crate::call::classify::ParameterKind;
use crate::docket::current_execution::handles::NextRun;
use crate::docket::error::DocketError;
use crate::docket::execution::Execution;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::model::submission::{Priority, Submission, WhileRunning};
use futures_util::future::BoxFuture;

/// The function that [`Docket::add`] gives: of the task's arguments, without its dependencies.
type Arguments<'d, T> = <<T as Task>::Arguments as ArgumentList>::Function<'d, Add<'d, T>>;

/// How [`Docket`]s take typed tasks.
impl Docket {
    /// Schedules `task`: gives the function of its arguments.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// /// Says hello `times` times. The docket is no argument: the worker provides it.
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
        // Which task it is, its type has said; the function itself runs in the worker.
        drop(task);
        <F::Task as Task>::Arguments::function(|arguments| Add::new(self, arguments))
    }

    /// Schedules `task` in the place of what is scheduled or queued under `key`. While that runs,
    /// the new one waits for it; see [`Add::cancel_previous`] and [`Add::reject_while_running`].
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
}

/// Many at a time.
impl Docket {
    /// Schedules many executions of one task in one go, which is one round trip to a distant store. One answer for
    /// each, in order: one that is refused does not keep the others out. A full docket refuses the rest, and is never
    /// waited for.
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
    /// The error of the store, when the batch as a whole could not be handed to it.
    pub async fn add_all<T: Task>(
        &self,
        executions: impl IntoIterator<Item = Add<'_, T>>,
    ) -> Result<Vec<Result<Execution<T::Output>, DocketError>>, DocketError> {
        let submissions: Vec<_> = executions.into_iter().map(|add| add.submission).collect();
        let answers = self.submit_each(submissions).await?;
        let typed = answers.into_iter().map(|it| it.map(Execution::typed));
        Ok(typed.collect())
    }
}

/// How the next run of a perpetual task is given other arguments.
impl NextRun {
    /// Gives the run after this one these arguments.
    ///
    /// ```
    /// use fastmcp::dependencies::NextRun;
    /// use fastmcp::prelude::*;
    ///
    /// /// Counts down, a step a second, and then stops itself.
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
    /// The function gives [`DocketError::Payload`] if the arguments cannot be written as JSON.
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

/// One execution of task `T` about to be scheduled; `.await` schedules it.
#[must_use = "nothing is scheduled until this is awaited"]
pub struct Add<'d, T> {
    docket: &'d Docket,
    submission: Result<Submission, DocketError>,
    task: PhantomData<fn() -> T>,
}

impl<'d, T: Task> Add<'d, T> {
    fn new(docket: &'d Docket, arguments: Encoded) -> Self {
        Self {
            docket,
            submission: submission::<T>(arguments),
            task: PhantomData,
        }
    }

    /// Runs it this much later.
    pub fn after(self, delay: Duration) -> Self {
        self.map(|submission| submission.after(delay))
    }

    /// Runs it at `time`; at once if that is past.
    pub fn at(self, time: SystemTime) -> Self {
        self.map(|submission| submission.at(time))
    }

    /// Gives it a key, by which it can be found, replaced and cancelled. While an execution of
    /// this key is scheduled, queued or running, adding another does nothing; the returned handle
    /// then says so.
    pub fn key(self, key: impl Into<Key>) -> Self {
        self.map(|submission| submission.key(key))
    }

    /// Runs it before, or after, what else is waiting.
    pub fn priority(self, priority: Priority) -> Self {
        self.map(|submission| submission.priority(priority))
    }

    /// Of a [replacement](Docket::replace): cancels the execution that runs now.
    pub fn cancel_previous(self) -> Self {
        self.while_running(WhileRunning::CancelPrevious)
    }

    /// Of a [replacement](Docket::replace): fails if the present execution runs already.
    pub fn reject_while_running(self) -> Self {
        self.while_running(WhileRunning::Reject)
    }

    fn while_running(self, policy: WhileRunning) -> Self {
        self.map(|submission| submission.replace(policy))
    }

    fn map(mut self, change: impl FnOnce(Submission) -> Submission) -> Self {
        self.submission = self.submission.map(change);
        self
    }
}

/// The submission of `T` with these arguments.
fn submission<T: Task>(arguments: Encoded) -> Result<Submission, DocketError> {
    let named = named::<T>(arguments)?;
    let submission = Submission::new(T::ENTRY.name, payload::<T>(&named)?);
    T::ENTRY.under_policy(submission, &named)
}

/// The arguments of `T` by name, so that a later version of the task can still tell them apart.
fn named<T: Task>(arguments: Encoded) -> Result<Map<String, Value>, DocketError> {
    let is_argument = |kind: &ParameterKind| matches!(kind, ParameterKind::Argument { .. });
    let parameters = T::ENTRY
        .parameters
        .iter()
        .filter(|it| is_argument(&it.kind));
    let names = parameters.map(|parameter| parameter.name.to_owned());
    Ok(names.zip(arguments.map_err(unwritable::<T>)?).collect())
}

fn payload<T: Task>(named: &Map<String, Value>) -> Result<Vec<u8>, DocketError> {
    serde_json::to_vec(named).map_err(unwritable::<T>)
}

fn unwritable<T: Task>(error: serde_json::Error) -> DocketError {
    DocketError::Payload {
        task: T::ENTRY.name.into(),
        problem: error.to_string(),
    }
}

impl<'d, T: Task> IntoFuture for Add<'d, T> {
    type Output = Result<Execution<T::Output>, DocketError>;
    type IntoFuture = BoxFuture<'d, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let execution = self.docket.submit(self.submission?).await?;
            Ok(execution.typed())
        })
    }
}

impl<T: Task> fmt::Debug for Add<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Add")
            .field("task", &T::ENTRY.name)
            .field("submission", &self.submission)
            .finish_non_exhaustive()
    }
}

//! [`Run`]: the return type of functions with `#[task]`.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::background::task::Task;

pin_project_lite::pin_project! {
    /// The future of a direct call of a task. It runs the body.
    ///
    /// A unit test calls a task like any function. To run it in the background, pass the function itself to
    /// [`Docket::add`](crate::docket::Docket::add).
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn double(number: u32) -> u32 {
    ///     number * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// assert_eq!(double(4).await, 8);
    /// # }
    /// ```
    #[must_use = "the body of a task runs when it is awaited; to run it in the background, use `docket.add(…)(…)`"]
    pub struct Run<T, F> {
        #[pin]
        body: F,
        task: PhantomData<fn() -> T>,
    }
}

impl<T, F> Run<T, F> {
    #[doc(hidden)]
    pub const fn new(body: F) -> Self {
        Self {
            body,
            task: PhantomData,
        }
    }
}

impl<T, F: Future> Future for Run<T, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().body.poll(context)
    }
}

/// The function of a `#[task]`; its return type identifies the task.
#[diagnostic::on_unimplemented(
    message = "this function is not a task",
    label = "put `#[task]` on this function"
)]
pub trait TaskFn<Parameters> {
    /// The task.
    type Task: Task;
}

/// Implements [`TaskFn`] for functions with a given number of parameters.
macro_rules! task_fn {
    ($($parameter:ident)*) => {
        impl<Function, T, Body, $($parameter,)*> TaskFn<($($parameter,)*)> for Function
        where
            Function: Fn($($parameter),*) -> Run<T, Body>,
            T: Task,
        {
            type Task = T;
        }
    };
}

task_fn!();
task_fn!(A);
task_fn!(A B);
task_fn!(A B C);
task_fn!(A B C D);
task_fn!(A B C D E);
task_fn!(A B C D E F);
task_fn!(A B C D E F G);
task_fn!(A B C D E F G H);
task_fn!(A B C D E F G H I);
task_fn!(A B C D E F G H I J);
task_fn!(A B C D E F G H I J K);
task_fn!(A B C D E F G H I J K L);

//! Drives the body of a run until it ends or only waits.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::suspension::Suspension;
use crate::docket::steps::Steps;
use crate::docket::steps::waits::Waits;

impl CurrentExecution {
    /// Returns the durable steps of this execution. All calls return the same steps.
    pub fn steps(&self) -> Steps {
        let new = || {
            let (docket, waits) = (self.docket(), std::sync::Arc::<Waits>::default());
            Steps::for_run(docket, &self.run.delivery, self.run.began, waits)
        };
        let steps = self.run.steps.get_or_init(new).clone();
        // The driver may be asleep while another task of the body uses its first step.
        self.run.driver.wake();
        steps
    }

    /// Runs `body` to its end. Returns `None` when `body` only waits for events of [`Steps`]; the run then ends with
    /// [`suspended`](Self::suspended).
    ///
    /// Waits are checked only after `body` returns `Pending`, so that a `join!` can begin several.
    pub(crate) async fn drive<F: Future>(&self, body: F) -> Option<F::Output> {
        let mut body = pin!(body);
        poll_fn(|context| {
            // Registered before the checks below. Steps of another thread that begin in between then wake this task.
            self.run.driver.register(context.waker());
            if let Poll::Ready(output) = body.as_mut().poll(context) {
                return Poll::Ready(Some(output));
            }
            let Some(steps) = self.run.steps.get() else {
                return Poll::Pending;
            };
            steps.register(context.waker());
            match steps.suspension() {
                Some(suspension) => {
                    self.set_suspension(suspension);
                    Poll::Ready(None)
                }
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Notes the events that the run waits for, before its body is dropped.
    pub(crate) fn set_suspension(&self, suspension: Suspension) {
        *super::lock(&self.run.suspension) = Some(suspension);
    }

    /// Returns the events that a run without open questions waits for, after its body was dropped.
    pub(crate) fn take_suspension(&self) -> Option<Suspension> {
        super::lock(&self.run.suspension).take()
    }

    /// Returns the outcome of a run for which [`drive`](Self::drive) has returned `None`.
    pub(crate) fn suspended(&self) -> Outcome {
        Outcome::Suspend(Box::new(self.take_suspension().unwrap_or_default()))
    }

    pub(crate) fn used_steps(&self) -> Option<&Steps> {
        self.run.steps.get()
    }
}

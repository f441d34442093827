//! [`Provided`]: the values that a server provides to its handlers.

use std::sync::OnceLock;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use crate::call::inject::capabilities::Capabilities;
use crate::call::inject::overrides::Overrides;
use crate::call::inject::running::Running;
use crate::call::inject::shared::Shared;
use crate::call::inject::states::States;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;

/// The time that a stopping server waits for running calls and their teardowns.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// The values that a server provides to its handlers.
#[derive(Default)]
pub(crate) struct Provided {
    pub(crate) docket: Option<Docket>,
    /// `true` if the server runs a worker for the docket.
    pub(crate) runs_worker: bool,
    /// Set after the worker has started, because the worker needs the task handler, and the task handler
    /// needs this struct.
    pub(crate) worker: OnceLock<Worker>,
    pub(crate) states: States,
    /// Replacements for providers, from `FastMcp::override_dependency`.
    pub(crate) overrides: Overrides,
    /// The values of shared providers.
    pub(crate) shared: Shared,
    /// The running calls, including their teardowns.
    pub(crate) calls: TaskTracker,
    /// The names of the running handlers.
    pub(crate) running: Running,
}

impl Provided {
    /// Returns the capabilities for a tool, a resource or a prompt.
    pub(crate) fn request_capabilities(&self) -> Capabilities<'_> {
        Capabilities {
            docket: self.docket.is_some(),
            worker: self.docket.is_some() && self.runs_worker,
            request: true,
            http: true,
            context: None,
            execution: false,
            subscriber: false,
            states: &self.states,
            overrides: &self.overrides,
        }
    }

    /// Returns the capabilities for a task.
    pub(crate) fn task_capabilities(&self) -> Capabilities<'_> {
        Capabilities {
            docket: true,
            worker: true,
            request: false,
            http: false,
            context: None,
            execution: true,
            subscriber: false,
            states: &self.states,
            overrides: &self.overrides,
        }
    }

    /// Returns the capabilities for an event.
    #[cfg(feature = "events")]
    pub(crate) fn event_capabilities(&self) -> Capabilities<'_> {
        Capabilities {
            subscriber: true,
            ..self.shared_capabilities()
        }
    }

    /// Returns the capabilities for a shared provider.
    pub(crate) fn shared_capabilities(&self) -> Capabilities<'_> {
        Capabilities {
            request: false,
            http: false,
            ..self.request_capabilities()
        }
    }

    /// Waits for calls that still run or tear down, for example because their client has disconnected,
    /// and then tears the shared providers down. In the other order, a running call could still use a
    /// shared value.
    pub(crate) async fn close(&self) {
        self.calls.close();
        if tokio::time::timeout(DRAIN_TIMEOUT, self.calls.wait())
            .await
            .is_err()
        {
            tracing::error!(
                calls = self.calls.len(),
                "calls did not finish within {DRAIN_TIMEOUT:?} after the server stopped"
            );
        }
        self.shared.close().await;
    }
}

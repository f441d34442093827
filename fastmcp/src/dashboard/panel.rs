//! [`Panel`]: one docket of a dashboard.

use std::sync::{Mutex, PoisonError};

use crate::dashboard::action_log::ActionLog;
use crate::dashboard::live::Live;
use crate::dashboard::state::{Sample, State};
use crate::docket::error::BackendError;
use crate::docket::handle::Docket;
use crate::docket::worker::handle::Worker;
use crate::transport::http::rare_warning::RareWarning;

/// One docket of a dashboard.
pub(crate) struct Panel {
    pub(crate) docket: Docket,
    /// The worker of this process, which knows the automatic tasks.
    pub(crate) worker: Option<Worker>,
    pub(crate) actions: ActionLog,
    pub(crate) live: Live,
    warning: Mutex<RareWarning>,
}

impl Panel {
    pub(crate) fn new(docket: Docket, worker: Option<Worker>) -> Self {
        Self {
            docket,
            worker,
            actions: ActionLog::default(),
            live: Live::default(),
            warning: Mutex::default(),
        }
    }

    /// Reads the state of the docket.
    pub(crate) async fn read(&self) -> Result<(State, Sample), BackendError> {
        State::read(&self.docket, self.worker.as_ref(), &self.actions).await
    }

    /// Logs an error of the store, which may contain its address, and returns the text for the page.
    pub(crate) fn failed(&self, error: &BackendError) -> &'static str {
        let mut warning = self.warning.lock().unwrap_or_else(PoisonError::into_inner);
        warning.log(|| {
            let docket = self.docket.name();
            format!("the dashboard cannot read the docket {docket}: {error}")
        });
        "the docket's store returned an error, which is logged"
    }
}

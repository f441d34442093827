//! How a worker takes its leave: it lets runs finish, hands the others back, and says what it could not stop.

use std::collections::HashMap;

use tokio::time::{Instant, timeout_at};

use crate::docket::backend::call::{Command, Hold, Verdict};
use crate::docket::backend::contract::Answer;
use crate::docket::delivery::Stop;
use crate::docket::model::key::Key;

use crate::docket::worker::handle::Parting;
use crate::docket::worker::run_loop::Engine;
use crate::docket::worker::running::DROP_PATIENCE;

impl<'a> Engine<'a> {
    pub(crate) async fn depart(&mut self, signals: Answer<'a, Vec<Hold>>) {
        let deadline = Instant::now() + self.shared.options.shutdown_grace;
        self.patience = Some(deadline + DROP_PATIENCE);
        self.drain_until(deadline, signals).await;
        let mut parting = Parting::default();
        if !self.running.is_empty() {
            parting.handed_back = self.hand_back().await;
            parting.abandoned = self.running.keys();
        }
        if !parting.handed_back.is_empty() {
            tracing::warn!(worker = %self.shared.name, keys = ?parting.handed_back, "shut down: handed back");
        }
        if !parting.abandoned.is_empty() {
            tracing::error!(worker = %self.shared.name, keys = ?parting.abandoned, "shut down: these block and still run");
        }
        self.leave().await;
        self.shared.may_end();
        self.shared.part(parting);
    }

    pub(crate) async fn leave(&self) {
        let leave = Command::Leave(self.shared.name.clone());
        if let Err(error) = self.backend.control(leave).await {
            tracing::warn!(worker = %self.shared.name, %error, "could not take leave; its lease will tell");
        }
    }

    /// Goes on settling, renewing and cancelling until nothing runs, or until `deadline`.
    pub(crate) async fn drain_until(
        &mut self,
        deadline: Instant,
        mut signals: Answer<'a, Vec<Hold>>,
    ) {
        while !self.running.is_empty() && Instant::now() < deadline {
            self.keep_renewal();
            let shared = self.shared;
            tokio::select! {
                biased;
                () = shared.inbox.filled() => {}
                answer = &mut signals => {
                    match answer {
                        Ok(holds) => self.cancel(holds),
                        Err(error) => self.backend_failed("listen", &error).await,
                    }
                    signals = self.backend.signals(&shared.name);
                }
                () = crate::docket::worker::run_loop::some(self.renewal.as_mut()) => {
                    self.renewal = None;
                    self.renew().await;
                }
                () = tokio::time::sleep_until(deadline) => {}
            }
            self.settle().await;
        }
    }

    pub(crate) async fn hand_back(&mut self) -> Vec<Key> {
        let mut asked = HashMap::new();
        for hold in self.running.holds() {
            if let Some(key) = self.running.stop(hold, Stop::HandBack) {
                asked.insert(hold, key);
            }
        }
        let deadline = Instant::now() + DROP_PATIENCE;
        let mut handed_back = Vec::new();
        while !self.running.is_empty() {
            if timeout_at(deadline, self.shared.inbox.filled())
                .await
                .is_err()
            {
                break;
            }
            self.shared.inbox.swap(&mut self.settlements);
            for settlement in &self.settlements {
                if settlement.verdict == Verdict::HandBack
                    && let Some(key) = asked.remove(&settlement.hold)
                {
                    handed_back.push(key);
                }
            }
            self.settle_batch().await;
        }
        handed_back
    }
}

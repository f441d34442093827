//! Progress reports and subscriptions.

use tokio::sync::broadcast;

use crate::docket::backend::call::{Settled, Target};
use crate::docket::backend::memory::store::Store;
use crate::docket::events::{Event, Events};
use crate::docket::model::delivery::Lease;
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::Record;
use crate::docket::model::time::Timestamp;

impl Store {
    pub(super) fn report(
        &mut self,
        lease: Lease,
        progress: ProgressReport,
        now: Timestamp,
    ) -> Settled {
        let Some(entry) = self
            .slab
            .get_mut(lease.id)
            .filter(|entry| entry.machine.check_token(lease.token).is_ok())
        else {
            return Settled::Fenced;
        };
        entry.updated = now;
        let extra = entry.extra();
        if let Some(events) = &extra.events {
            let _ = events.send(Event::Progress(progress.clone()));
        }
        extra.progress = progress;
        Settled::Done(entry.machine.state())
    }

    pub(super) fn watch(&mut self, target: &Target) -> Option<(Record, Events)> {
        let id = self.locate(target)?;
        let entry = self.slab.get_mut(id)?;
        let record = entry.record(id);
        if record.state.is_terminal() {
            // The sender is dropped at once, so the stream ends at once.
            return Some((self.on_wall(record), Events::new(broadcast::channel(1).1)));
        }
        let receiver = entry
            .extra()
            .events
            .get_or_insert_with(|| broadcast::channel(Events::BACKLOG).0)
            .subscribe();
        Some((self.on_wall(record), Events::new(receiver)))
    }
}

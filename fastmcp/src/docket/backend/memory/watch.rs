//! Progress, and those who listen.

use tokio::sync::broadcast;

use crate::docket::backend::call::{Hold, Settled, Target};
use crate::docket::events::{Event, Events};
use crate::docket::model::record::Record;
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

use crate::docket::backend::memory::store::Store;

impl Store {
    pub(crate) fn report(
        &mut self,
        hold: Hold,
        progress: ProgressReport,
        now: Timestamp,
    ) -> Settled {
        let Some(entry) = self
            .slab
            .get_mut(hold.id)
            .filter(|entry| entry.life.hold(hold.token).is_ok())
        else {
            return Settled::Fenced;
        };
        entry.updated = now;
        let extra = entry.extra();
        if let Some(events) = &extra.events {
            let _ = events.send(Event::Progress(progress.clone()));
        }
        extra.progress = progress;
        Settled::Done(entry.life.state())
    }

    pub(crate) fn watch(&mut self, target: &Target) -> Option<(Record, Events)> {
        let id = self.locate(target)?;
        let entry = self.slab.get_mut(id)?;
        let record = entry.record(id);
        if record.state.is_terminal() {
            // The sender is dropped at once: there is nothing more to hear.
            return Some((record, Events::new(broadcast::channel(1).1)));
        }
        let receiver = entry
            .extra()
            .events
            .get_or_insert_with(|| broadcast::channel(Events::BACKLOG).0)
            .subscribe();
        Some((record, Events::new(receiver)))
    }
}

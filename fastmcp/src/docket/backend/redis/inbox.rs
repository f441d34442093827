//! The task that reads a process's inbox in Redis and wakes the local tasks that wait for its events.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redis::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::docket::backend::dead_letter::DeadLetter;
use crate::docket::error::BackendError;
use crate::docket::events::Event;
use crate::docket::model::record::ExecutionId;

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::process::Process;
use crate::docket::backend::redis::stream_id::StreamId;

/// The time that one `XREAD` blocks. Between two reads the task can send its heartbeat.
const READ_BLOCK: Duration = Duration::from_secs(5);

/// The interval of the heartbeat. After 30 seconds without one, other processes stop writing to the inbox.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(10);

/// The maximum number of entries that one read returns. A full read means that the stream may already have been
/// trimmed.
const READ_LIMIT: usize = 1000;

impl Process {
    /// Starts the inbox reader unless it is running. Every call that waits for an event does this first.
    pub(crate) async fn listen(self: &Arc<Self>) -> Result<(), BackendError> {
        if self.is_listening() {
            return Ok(());
        }
        let _guard = self.starting_reader.lock().await;
        if self.is_listening() {
            return Ok(());
        }
        // The first heartbeat registers the inbox. It has to succeed before the caller registers for events:
        // processes that are not registered are skipped.
        self.heartbeat(StreamId::default()).await?;
        let reader = InboxReader {
            process: self.clone(),
            discards: self.commands.discards(),
            last_read: StreamId::default(),
            last_heartbeat: Instant::now(),
        };
        let task = tokio::spawn(reader.run());
        *self.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    /// Extends the inbox's registration and trims the entries up to `last_read`.
    ///
    /// Returns false if the registration had lapsed, in which case events may have been skipped.
    async fn heartbeat(&self, last_read: StreamId) -> Result<bool, BackendError> {
        let step = self.step("heartbeat").arg(last_read.to_string());
        Ok(codec::text(self.run(&step).await?)? == "1")
    }
}

struct InboxReader {
    process: Arc<Process>,
    /// Changes when the connection for commands is discarded.
    discards: watch::Receiver<u64>,
    last_read: StreamId,
    last_heartbeat: Instant,
}

impl InboxReader {
    async fn run(mut self) {
        let closed = self.process.closed.clone();
        closed.run_until_cancelled(self.read_until_closed()).await;
    }

    async fn read_until_closed(&mut self) {
        // Set when events may have been lost. It stays set until a resync has succeeded.
        let mut needs_resync = false;
        loop {
            match self.read().await {
                Ok(count) if needs_resync || count >= READ_LIMIT => {
                    // Lost events are not sent again, so read the watched executions from the store and wake all
                    // other waiting tasks.
                    needs_resync = self.resync().await.is_err();
                }
                Ok(_) => {}
                Err(error) => {
                    if !needs_resync {
                        tracing::warn!(%error, "cannot read the docket's events; retrying");
                    }
                    needs_resync = true;
                    sleep(self.process.commands.reconnection_delay()).await;
                }
            }
            if self.last_heartbeat.elapsed() >= HEARTBEAT_INTERVAL {
                match self.process.heartbeat(self.last_read).await {
                    Ok(true) => self.last_heartbeat = Instant::now(),
                    Ok(false) => {
                        // The registration had lapsed and the stream may be deleted. A new stream may begin with
                        // smaller IDs, for instance after a failover, so reading restarts from its beginning.
                        self.last_read = StreamId::default();
                        self.last_heartbeat = Instant::now();
                        needs_resync = self.resync().await.is_err();
                    }
                    Err(_) => needs_resync = true,
                }
            }
        }
    }

    /// Reads one batch after `last_read` and dispatches its events. Returns the number of entries.
    async fn read(&mut self) -> Result<usize, BackendError> {
        let mut command = redis::cmd("XREAD");
        command
            .arg("COUNT")
            .arg(READ_LIMIT)
            .arg("BLOCK")
            .arg(READ_BLOCK.as_millis().to_string());
        // Read from an explicit ID and not from `$`, so that the next read returns the entries that were written
        // between two reads or during an outage.
        command
            .arg("STREAMS")
            .arg(&self.process.inbox)
            .arg(self.last_read.to_string());
        let reads = &self.process.reads;
        let answer = tokio::select! {
            answer = reads.send(&command, Duration::ZERO) => answer?,
            // The connection has no response timeout, because the read blocks. This one detects a dead connection.
            () = sleep(READ_BLOCK * 3) => {
                reads.disconnect();
                return Err(BackendError::new("timed out waiting for a response from Redis"));
            }
            // The commands moved to another server. A demoted server still answers reads, so this connection would
            // stay with it and receive no events. The sender is a field of `process`, so the channel stays open.
            _ = self.discards.changed() => {
                reads.disconnect();
                return Err(BackendError::new("the connection to Redis was replaced"));
            }
        };
        let mut count = 0;
        for stream in codec::list(answer)? {
            let [_, entries] = codec::parts(stream)?;
            for entry in codec::list(entries)? {
                let [id, fields] = codec::parts(entry)?;
                let id = StreamId::parse(&codec::text(id)?).unwrap_or_default();
                // Advance before the event is handled: an event that cannot be handled must not be read again and
                // again.
                self.last_read = self.last_read.max(id);
                count += 1;
                self.dispatch(id, fields).await?;
            }
        }
        Ok(count)
    }

    /// Delivers one event. Unknown events are skipped: a newer version of the program may have written them.
    async fn dispatch(&self, entry: StreamId, fields: Value) -> Result<(), BackendError> {
        let process = &self.process;
        let mut fields = codec::fields(fields)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = fields.remove("event").map(|event| text(&event));
        let worker = fields
            .get("worker")
            .map(|worker| text(worker))
            .unwrap_or_default();
        match event.as_deref() {
            Some("work") => process.notifier.notify_work(&worker),
            Some("signal") => process.notifier.notify_signal(&worker),
            Some("room") => process.notifier.notify_room(),
            Some("dead") => {
                let field = |name: &str| fields.get(name).map(|value| text(value));
                let letter = DeadLetter {
                    key: field("key").unwrap_or_default(),
                    task: field("task").unwrap_or_default(),
                    attempt: field("attempt").map_or(1, |text| codec::ordinal(&text)),
                    reason: field("reason").unwrap_or_default(),
                };
                letter.log();
            }
            // The registration had vanished, for example with FLUSHALL.
            Some("reset") => self.resync().await?,
            Some("progress") => {
                let id = fields.get("id").and_then(|id| text(id).parse().ok());
                let progress = fields
                    .get("progress")
                    .and_then(|json| serde_json::from_slice(json).ok());
                if let (Some(id), Some(progress)) = (id, progress) {
                    let event = Event::Progress(progress);
                    process.notifier.on_event(entry, ExecutionId(id), &event);
                }
            }
            Some("state") => {
                let is_partial = fields.remove("partial").is_some();
                let Some(mut record) = codec::record(fields) else {
                    return Ok(());
                };
                if is_partial {
                    // The result was too large for the event, so read it from the store.
                    let step = process.step("find").arg("id").arg(record.id.0.to_string());
                    let stored = codec::record(codec::fields(process.run(&step).await?)?);
                    let Some(stored) = stored else {
                        process.notifier.refresh(record.id, entry, None);
                        return Ok(());
                    };
                    record.result = stored.result;
                }
                let id = record.id;
                let event = Event::State(Arc::new(record));
                process.notifier.on_event(entry, id, &event);
            }
            _ => {}
        }
        Ok(())
    }

    /// Wakes every waiting task of this process, and reads every watched execution again.
    async fn resync(&self) -> Result<(), BackendError> {
        let process = self.process.clone();
        process.notifier.notify_all();
        for id in process.notifier.watched() {
            let answer = process.watch("id", &id.0.to_string()).await?;
            match answer {
                Some((record, last_entry)) => {
                    process.notifier.refresh(id, last_entry, Some(record));
                }
                None => process.notifier.refresh(id, self.last_read, None),
            }
        }
        Ok(())
    }
}

//! The state that all calls on one open docket share: two connections, the key names, and the tasks that wait for
//! events.

use std::sync::{Arc, Mutex, PoisonError};

use redis::Value;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::docket::error::BackendError;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::Record;

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::connection::{Connection, RETRY_FOR};
use crate::docket::backend::redis::notifier::Notifier;
use crate::docket::backend::redis::script::Step;
use crate::docket::backend::redis::stream_id::StreamId;

/// One open docket of this process. Redis treats each open docket as a process of its own.
pub(crate) struct Process {
    /// A random name, unique among the processes of the docket.
    pub(crate) name: String,
    root: String,
    /// The stream to which other processes write the events for this one.
    pub(crate) inbox: String,
    limits: [String; 4],
    /// The connection for the steps of all calls.
    pub(crate) commands: Connection,
    /// The connection for blocking reads. A blocked `XREAD` would delay every command behind it, so it needs its own.
    pub(crate) reads: Connection,
    pub(crate) notifier: Arc<Notifier>,
    /// The task that reads the inbox.
    pub(crate) reader: Mutex<Option<JoinHandle<()>>>,
    /// Held while the reader starts, so that concurrent callers start only one.
    pub(crate) starting_reader: tokio::sync::Mutex<()>,
    /// Cancelled when the backend is dropped; ends the reader.
    pub(crate) closed: CancellationToken,
}

impl Process {
    /// Creates the state of a process that opens `docket`. Nothing is sent to Redis yet.
    pub(crate) fn new(
        docket: &str,
        options: &DocketOptions,
        commands: Connection,
        reads: Connection,
    ) -> Self {
        let name = format!("{:016x}", fastrand::u64(..));
        let prefix = format!("{{fastmcp:{docket}}}:");
        Self {
            root: format!("{prefix}root"),
            inbox: format!("{prefix}2:in:{name}"),
            name,
            // Lua stores numbers as doubles, which represent integers exactly only up to 2^53.
            limits: [
                format!(
                    "{} {} {} {}",
                    options.capacity.min(1 << 52),
                    options.capacity_bytes.min(1 << 52),
                    options.owner_capacity.min(1 << 52),
                    options.owner_concurrency
                ),
                format!(
                    "{} {}",
                    codec::span(options.result_ttl),
                    codec::span(options.dead_letter_ttl)
                ),
                format!(
                    "{} {}",
                    options.result_capacity.min(1 << 52),
                    options.result_bytes.min(1 << 52)
                ),
                format!(
                    "{} {}",
                    options.dead_letter_capacity.min(1 << 52),
                    options.dead_letter_bytes.min(1 << 52)
                ),
            ],
            commands,
            reads,
            notifier: Arc::default(),
            reader: Mutex::default(),
            starting_reader: tokio::sync::Mutex::default(),
            closed: CancellationToken::new(),
        }
    }

    /// Starts a call of the script's step `step`.
    pub(crate) fn step(&self, step: &str) -> Step {
        let mark = if self.is_listening() { "+" } else { "" };
        let process = format!("{}{mark}", self.name);
        Step::new(&self.root, step, &self.limits, &process)
    }

    /// Returns whether the reader runs. It ends with the runtime that spawned it; a call in another runtime restarts it.
    pub(crate) fn is_listening(&self) -> bool {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// Runs a step, and retries it for [`RETRY_FOR`] while Redis is unreachable.
    pub(crate) async fn run(&self, step: &Step) -> Result<Value, BackendError> {
        self.commands.run(step, RETRY_FOR).await
    }

    /// Reads an execution's record and subscribes this process to its events.
    ///
    /// The returned ID is the last inbox entry at that time: events with a greater ID are newer than the record.
    pub(crate) async fn watch(
        &self,
        kind: &str,
        value: &str,
    ) -> Result<Option<(Record, StreamId)>, BackendError> {
        let step = self.step("watch").arg(kind).arg(value);
        let [record, last_entry] = codec::parts(self.run(&step).await?)?;
        let Some(record) = codec::record(codec::fields(record)?) else {
            return Ok(None);
        };
        let last_entry = StreamId::parse(&codec::text(last_entry)?).unwrap_or_default();
        Ok(Some((record, last_entry)))
    }
}

//! What all calls of one process share: its two connections, its inbox in Redis, and those who sleep.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::docket::error::BackendError;
use crate::docket::events::Event;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{ExecutionId, Record};

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::connection::{Link, PATIENCE};
use crate::docket::backend::redis::notifier::{Hub, Place};
use crate::docket::backend::redis::script::Step;

/// How long one read of the inbox waits.
const READ: Duration = Duration::from_secs(5);

/// How often the inbox is said to be read still; half a minute without it, and nothing more is written there.
const BEAT: Duration = Duration::from_secs(10);

/// The most words of one read; when there are as many, some may be gone already.
const MANY: usize = 1000;

pub(crate) struct Node {
    pub(crate) name: String,
    root: String,
    inbox: String,
    bounds: [String; 4],
    /// The commands of all calls.
    pub(crate) link: Link,
    /// The blocking reads.
    reads: Link,
    pub(crate) hub: Arc<Hub>,
    reader: Mutex<Option<JoinHandle<()>>>,
    starting: tokio::sync::Mutex<()>,
    pub(crate) closed: CancellationToken,
}

impl Node {
    pub(crate) fn new(docket: &str, options: &DocketOptions, link: Link, reads: Link) -> Self {
        let name = format!("{:016x}", fastrand::u64(..));
        let prefix = format!("{{fastmcp:{docket}}}:");
        Self {
            root: format!("{prefix}root"),
            inbox: format!("{prefix}in:{name}"),
            name,
            bounds: [
                options.capacity.min(1 << 52).to_string(),
                codec::span(options.result_ttl),
                options.result_capacity.min(1 << 52).to_string(),
                codec::span(options.dead_letter_ttl),
            ],
            link,
            reads,
            hub: Arc::default(),
            reader: Mutex::default(),
            starting: tokio::sync::Mutex::default(),
            closed: CancellationToken::new(),
        }
    }

    pub(crate) fn step(&self, step: &str) -> Step {
        Step::new(&self.root, step, &self.bounds, &self.name)
    }

    pub(crate) async fn run(&self, step: &Step) -> Result<Value, BackendError> {
        self.link.run(step, PATIENCE).await
    }

    /// Sees to it that this process hears of what happens. Whoever is going to sleep asks for it first.
    pub(crate) async fn listen(self: &Arc<Self>) -> Result<(), BackendError> {
        if self.is_listening() {
            return Ok(());
        }
        let _alone = self.starting.lock().await;
        if self.is_listening() {
            return Ok(());
        }
        self.beat(Place::default()).await?;
        let reader = Reader {
            node: self.clone(),
            place: Place::default(),
            beat: Instant::now(),
        };
        let task = tokio::spawn(reader.read_on());
        *self.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    /// The reader ends with its runtime; another runtime has to start it again.
    fn is_listening(&self) -> bool {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.as_ref().is_some_and(|task| !task.is_finished())
    }

    /// Says that the inbox is read, and how far; false when nothing was written there meanwhile.
    async fn beat(&self, place: Place) -> Result<bool, BackendError> {
        let step = self.step("beat").arg(place.to_string());
        Ok(codec::text(self.run(&step).await?)? == "1")
    }

    /// The record of an execution, and where in the inbox its events go on.
    pub(crate) async fn watch(
        &self,
        kind: &str,
        value: &str,
    ) -> Result<Option<(Record, Place)>, BackendError> {
        let step = self.step("watch").arg(kind).arg(value);
        let [record, place] = codec::parts(self.run(&step).await?)?;
        let Some(record) = codec::record(codec::fields(record)?) else {
            return Ok(None);
        };
        let place = Place::read(&codec::text(place)?).unwrap_or_default();
        Ok(Some((record, place)))
    }
}

struct Reader {
    node: Arc<Node>,
    place: Place,
    beat: Instant,
}

impl Reader {
    async fn read_on(mut self) {
        let closed = self.node.closed.clone();
        closed.run_until_cancelled(self.work()).await;
    }

    async fn work(&mut self) {
        let mut was_away = false;
        loop {
            match self.read().await {
                Ok(words) if was_away || words >= MANY => {
                    // What was lost meanwhile, nobody will say again.
                    was_away = self.resume().await.is_err();
                }
                Ok(_) => {}
                Err(error) => {
                    if !was_away {
                        tracing::warn!(%error, "cannot hear of what happens in the docket; trying again");
                    }
                    was_away = true;
                    sleep(self.node.link.reconnection_delay()).await;
                }
            }
            if self.beat.elapsed() >= BEAT {
                match self.node.beat(self.place).await {
                    Ok(true) => self.beat = Instant::now(),
                    Ok(false) => {
                        // The inbox was given up, and begins anew.
                        self.place = Place::default();
                        self.beat = Instant::now();
                        was_away = self.resume().await.is_err();
                    }
                    Err(_) => was_away = true,
                }
            }
        }
    }

    /// Reads one batch from where the last one ended, and tells those it concerns. How many words it was.
    async fn read(&mut self) -> Result<usize, BackendError> {
        let mut command = redis::cmd("XREAD");
        command
            .arg("COUNT")
            .arg(MANY)
            .arg("BLOCK")
            .arg(READ.as_millis().to_string());
        command
            .arg("STREAMS")
            .arg(&self.node.inbox)
            .arg(self.place.to_string());
        let answer = timeout(READ * 3, self.node.reads.send(&command, Duration::ZERO))
            .await
            .map_err(|_| BackendError::new("Redis does not answer"))??;
        let mut words = 0;
        for stream in codec::list(answer)? {
            let [_, entries] = codec::parts(stream)?;
            for entry in codec::list(entries)? {
                let [place, told] = codec::parts(entry)?;
                let place = Place::read(&codec::text(place)?).unwrap_or_default();
                self.place = self.place.max(place);
                words += 1;
                self.hear(place, told).await?;
            }
        }
        Ok(words)
    }

    async fn hear(&self, place: Place, told: Value) -> Result<(), BackendError> {
        let node = &self.node;
        let mut told = codec::fields(told)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let event = told.remove("event").map(|event| text(&event));
        let worker = told
            .get("worker")
            .map(|worker| text(worker))
            .unwrap_or_default();
        match event.as_deref() {
            Some("work") => node.hub.work(&worker),
            Some("signal") => node.hub.signal(&worker),
            Some("room") => node.hub.room(),
            Some("progress") => {
                let id = told.get("id").and_then(|id| text(id).parse().ok());
                let progress = told
                    .get("progress")
                    .and_then(|json| serde_json::from_slice(json).ok());
                if let (Some(id), Some(progress)) = (id, progress) {
                    node.hub
                        .hear(place, ExecutionId(id), &Event::Progress(progress));
                }
            }
            Some("state") => {
                let is_partial = told.remove("partial").is_some();
                let Some(mut record) = codec::record(told) else {
                    return Ok(());
                };
                if is_partial {
                    let step = node.step("find").arg("id").arg(record.id.0.to_string());
                    let whole = codec::record(codec::fields(node.run(&step).await?)?);
                    let Some(whole) = whole else {
                        node.hub.read_anew(record.id, place, None);
                        return Ok(());
                    };
                    record.result = whole.result;
                }
                let id = record.id;
                node.hub.hear(place, id, &Event::State(Arc::new(record)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads anew all that anybody here waits for.
    async fn resume(&mut self) -> Result<(), BackendError> {
        let node = self.node.clone();
        node.hub.ring_all();
        for id in node.hub.watched() {
            let answer = node.watch("id", &id.0.to_string()).await?;
            match answer {
                Some((record, place)) => node.hub.read_anew(id, place, Some(record)),
                None => node.hub.read_anew(id, self.place, None),
            }
        }
        Ok(())
    }
}

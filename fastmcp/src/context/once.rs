//! [`Context::once`]: work that a handler does once, although it runs again with each answer.

use std::any::type_name;
use std::panic::Location;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{Either, select};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;

use crate::context::once_log::OnceError;
use crate::context::request::Context;
use crate::docket::steps::step::Step;
use crate::error::Result;
use crate::store::Store;
use crate::store::expected::Expected;
use crate::text::short_type_name;

/// The time for which a result is kept: as long as the state that the client carries is valid.
const RESULT_TTL: Duration = Duration::from_hours(24);

/// The time after which another run may begin work whose process has died.
const LEASE: Duration = Duration::from_secs(30);

/// The pause between two looks at work that another run of the same round does.
const POLL: Duration = Duration::from_millis(100);

/// The size limit of a name in bytes.
const MAX_NAME: usize = 256;

/// The state of a piece of work in the store.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Record {
    /// A run does the work; the number identifies it.
    Running(u64),
    Done(Value),
}

/// The work of one run, which gives it up when it is dropped.
struct Running {
    store: Store,
    key: String,
    /// The record in the store.
    mark: Bytes,
    ended: bool,
}

impl Running {
    /// Keeps the record alive. Never returns.
    async fn renew(&self) -> std::convert::Infallible {
        loop {
            sleep(LEASE / 3).await;
            // If the store cannot be reached, the next attempt or the result finds out.
            let _ = self.store.touch(&self.key, LEASE).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let (store, key, mark) = (self.store.clone(), self.key.clone(), self.mark.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // Expires at once, unless another run has taken the work over.
                let soon = Some(Duration::from_millis(1));
                let _ = store
                    .put(&key, mark.clone(), soon, Expected::Value(&mark))
                    .await;
            });
        }
    }
}

fn invalid(name: &str, problem: impl Into<String>) -> OnceError {
    OnceError::Value {
        name: name.to_owned(),
        problem: problem.into(),
    }
}

fn decode<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, OnceError> {
    serde_json::from_value(value).map_err(|error| {
        let expected = short_type_name(type_name::<T>());
        invalid(name, format!("it cannot be read as `{expected}`: {error}"))
    })
}

impl Context {
    /// Does `work` once, although the handler runs again from its start with each answer, and returns its result.
    ///
    /// In protocol 2026-07-28, a handler that [asks](Self::elicit) runs again with the answer. The result of the work is
    /// kept in the [store](crate::Store) of the server for 24 hours, and later runs of the same call get it without
    /// doing the work, also in another process if the store is in Redis. In a [task](crate::guide::tasks), the work is a
    /// [durable step](crate::docket::Steps::step). In a session, a handler does not run again, so the work is just done.
    ///
    /// The work is done **at least once**, and **never again once its result is kept**. If the process dies in between,
    /// the next run repeats it. An error is not kept. If a client repeats its last round, because it has lost the
    /// response, it gets the same response for one hour.
    ///
    /// ```
    /// use fastmcp::prelude::*;
    ///
    /// /// Orders goods.
    /// #[tool]
    /// async fn order(goods: String, ctx: Context) -> Result<String> {
    ///     let number: u32 = ctx.once("reserve", || async { Ok(1001) }).await?;
    ///     ctx.elicit::<()>(format!("Order {goods} as number {number}?")).await?;
    ///     Ok(format!("ordered {goods} as number {number}"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let _ = order("tea".into(), Context::detached()).await;
    /// # }
    /// ```
    ///
    /// A name has 1 to 256 bytes and is unique in the handler; a result has at most 1 MiB as JSON.
    ///
    /// # Errors
    ///
    /// The error of `work`, [`OnceError`], [`StoreError`](crate::StoreError), and in a task those of
    /// [`Step::run`](crate::docket::Step::run).
    #[track_caller]
    pub fn once<T, F>(
        &self,
        name: impl Into<String>,
        work: impl FnOnce() -> F,
    ) -> impl Future<Output = Result<T>>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<T>>,
    {
        let line = Location::caller();
        let name = name.into();
        async move {
            let Some(log) = &self.0.answer_log else {
                return work().await;
            };
            if let Some(execution) = log.execution() {
                let steps = execution.steps();
                let name = name.into();
                let step = Step {
                    steps: &steps,
                    name,
                    line,
                };
                return step.run(work()).await;
            }
            let Some(server) = &self.0.server_handle else {
                return work().await;
            };
            if name.is_empty() || name.len() > MAX_NAME {
                return Err(OnceError::Name { name, line }.into());
            }
            let store = server.store();
            let key = log.once().begin(&name, line, (store, &self.0.server))?;
            let _busy = log.once().busy();
            if log.once().was_done(&name) && store.get(&key).await?.is_none() {
                return Err(OnceError::Lost { name }.into());
            }
            let result = do_once(store, key, &name, work).await?;
            log.once().set_done(&name);
            Ok(result)
        }
    }
}

/// Does the work, unless the store has its result or another run does it.
async fn do_once<T, F>(
    store: &Store,
    key: String,
    name: &str,
    work: impl FnOnce() -> F,
) -> Result<T>
where
    T: Serialize + DeserializeOwned,
    F: Future<Output = Result<T>>,
{
    let read = |bytes: &Bytes| {
        serde_json::from_slice(bytes).map_err(|error| invalid(name, error.to_string()))
    };
    let write = |record: &Record| {
        let bytes = serde_json::to_vec(record).map_err(|error| invalid(name, error.to_string()))?;
        Ok::<_, OnceError>(Bytes::from(bytes))
    };
    let mark = write(&Record::Running(rand::random()))?;
    loop {
        if let Some(bytes) = store.get(&key).await? {
            match read(&bytes)? {
                Record::Done(value) => return Ok(decode(name, value)?),
                Record::Running(_) => sleep(POLL).await,
            }
        } else if store
            .put(&key, mark.clone(), Some(LEASE), Expected::Nothing)
            .await?
        {
            break;
        }
    }
    let mut running = Running {
        store: store.clone(),
        key,
        mark,
        ended: false,
    };
    let result = match select(pin!(work()), pin!(running.renew())).await {
        Either::Left((result, _)) => result?,
        Either::Right((never, _)) => match never {},
    };
    let value = serde_json::to_value(&result).map_err(|error| invalid(name, error.to_string()))?;
    // Decoded before it is kept: a type that cannot read what it writes fails in the first run.
    let decoded = decode(name, value.clone())?;
    let done = write(&Record::Done(value))?;
    let expected = Expected::Value(&running.mark);
    let kept = store.put(&running.key, done, Some(RESULT_TTL), expected);
    let kept = kept.await?;
    running.ended = true;
    if kept {
        return Ok(decoded);
    }
    match store.get(&running.key).await?.as_ref().map(read) {
        Some(Ok(Record::Done(value))) => Ok(decode(name, value)?),
        _ => Err(OnceError::TakenOver {
            name: name.to_owned(),
        }
        .into()),
    }
}

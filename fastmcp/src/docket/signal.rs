//! `docket.signal(key, name)(value)`: sends a signal to an execution.

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;

use crate::docket::checks::check_length;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::finite::to_json;
use crate::docket::model::journal::Sent;
use crate::docket::model::key::{Key, Name};

impl Docket {
    /// Returns a function that sends its argument as the signal `name` to the execution that is scheduled, queued or
    /// running under `key`. There, [`Steps::wait_for`](crate::docket::Steps::wait_for) returns the value.
    ///
    /// The signal is stored before the function returns. A signal that arrives before the execution waits for it is kept
    /// until then.
    ///
    /// ```standalone_crate
    /// use fastmcp::dependencies::{Docket, Steps, Worker};
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn publish(steps: Steps) -> Result<String> {
    ///     let editor: String = steps.wait_for("approval").await?;
    ///     Ok(format!("approved by {editor}"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let docket = Docket::memory("articles");
    /// let worker = Worker::new(&docket)?;
    /// let article = docket.add(publish)().key("article-7").await?;
    ///
    /// docket.signal("article-7", "approval")("Ada").await?;
    /// worker.run_until_finished().await?;
    /// assert_eq!(article.result().await?, "approved by Ada");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The function returns [`DocketError::NotPending`] if no such execution exists or it has ended,
    /// [`DocketError::JournalFull`] if its journal has no room, [`DocketError::StepValue`] if the value cannot be
    /// serialized, [`DocketError::TooLarge`] if the name has more than 256 bytes or the value more than the docket's
    /// `max_payload`, and the backend's error.
    pub fn signal<T: Serialize>(
        &self,
        key: impl Into<Key>,
        name: impl Into<String>,
    ) -> impl FnOnce(T) -> BoxFuture<'static, Result<(), DocketError>> {
        let (docket, key, name) = (self.clone(), key.into(), name.into());
        move |value| {
            let value = to_json(&value);
            docket.send_signal(key, name, value).boxed()
        }
    }

    async fn send_signal(
        self,
        key: Key,
        name: String,
        value: Result<Bytes, String>,
    ) -> Result<(), DocketError> {
        let value = value.map_err(|problem| DocketError::StepValue {
            step: name.clone(),
            problem: format!("it cannot be written: {problem}"),
        })?;
        check_length("the name of a signal", name.len(), Name::MAX_BYTES)?;
        check_length(
            "the value of a signal",
            value.len(),
            self.options().max_payload,
        )?;
        match self.backend().signal(&key, &name, value).await? {
            Sent::Stored => Ok(()),
            Sent::Full => Err(DocketError::JournalFull {
                key,
                limit: self.options().max_journal,
            }),
            Sent::Unknown => Err(DocketError::NotPending { key }),
        }
    }
}

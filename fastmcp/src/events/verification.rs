//! The confirmation of webhooks: a URL gets events only if its owner wants them.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rand::TryRng;
use rand::rngs::SysRng;
use serde::Deserialize;
use serde_json::json;

use crate::docket::backend::call::Target as ExecutionTarget;
use crate::docket::model::submission::Submission;
use crate::events::error::EventError;
use crate::events::names;
use crate::events::secret::Secret;
use crate::events::server::EventServer;
use crate::events::target::Target;
use crate::events::verification_limit::MAX_PER_HOST;
use crate::events::webhook::{Message, SendError};

/// The time for which a confirmation is valid, for the same caller and URL.
const CONFIRMED_FOR: Duration = Duration::from_hours(24);
/// Asks the webhook to confirm that it wants the messages of a caller, unless it has done so recently.
pub(crate) async fn verify(
    server: &EventServer,
    owner: &str,
    target: &Target,
    subscription: &str,
    secret: &Secret,
) -> Result<(), EventError> {
    let key = names::target_key(owner, target.url().as_str());
    let confirmed = server
        .docket
        .backend()
        .find(&ExecutionTarget::Key(key.clone()))
        .await
        .map_err(|error| EventError::from(crate::docket::error::DocketError::from(error)))?;
    if confirmed.is_some_and(|record| !record.state.is_terminal()) {
        return Ok(());
    }
    if !server.verifications.admits(&target.place(), Instant::now()) {
        return Err(EventError::Exhausted {
            message: "too many verifications of this host; try again in a minute",
            limit: "verifications",
            max: Some(MAX_PER_HOST.into()),
        });
    }
    challenge(server, target, subscription, secret).await?;
    let submission = Submission::new(names::target_task(), "{}")
        .key(key)
        .after(CONFIRMED_FOR);
    server.docket.submit(submission).await?;
    Ok(())
}

async fn challenge(
    server: &EventServer,
    target: &Target,
    subscription: &str,
    secret: &Secret,
) -> Result<(), EventError> {
    #[derive(Deserialize)]
    struct Answer {
        challenge: String,
    }

    let challenge = random().ok_or_else(|| {
        tracing::error!("cannot generate a challenge");
        EventError::Internal
    })?;
    let id = format!("msg_verification_{challenge}");
    let body = json!({ "type": "verification", "challenge": challenge });
    let answer = server.webhooks.ask(Message {
        target,
        subscription,
        id: &id,
        secrets: vec![secret],
        body: Bytes::from(body.to_string()),
    });
    let callback = |error: SendError| EventError::Callback {
        message: error.text(),
        reason: error.reason(),
    };
    let answer = answer.await.map_err(callback)?;
    let echoed = serde_json::from_slice::<Answer>(&answer).ok();
    // Digests are compared, so that the time of the comparison tells nothing about the challenge.
    let digest = |text: &str| ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let expected = digest(&challenge);
    let is_equal = echoed.is_some_and(|it| digest(&it.challenge).as_ref() == expected.as_ref());
    if is_equal {
        Ok(())
    } else {
        Err(callback(SendError::Answer))
    }
}

/// Returns 256 random bits, in hexadecimal.
fn random() -> Option<String> {
    let mut bytes = [0; 32];
    SysRng.try_fill_bytes(&mut bytes).ok()?;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    Some(text)
}

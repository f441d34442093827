//! Sends an event to one subscriber.

use bytes::Bytes;
use hyper::StatusCode;
use serde::{Deserialize, Serialize};

use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::model::failure::Failure;
use crate::docket::model::outcome::Outcome;
use crate::events::names;
use crate::events::occurrence::Occurrence;
use crate::events::server::EventServer;
use crate::events::subscriptions;
use crate::events::target::Target;
use crate::events::webhook::Message;

/// The payload of the execution that sends an event.
#[derive(Serialize, Deserialize)]
pub(crate) struct Delivery {
    subscription: String,
    /// The exact text of the message. It is signed again at each attempt, and never written again.
    body: String,
}

impl Delivery {
    pub(crate) fn encode(subscription: &str, body: &Bytes) -> Result<Vec<u8>, DocketError> {
        let delivery = Self {
            subscription: subscription.to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        serde_json::to_vec(&delivery).map_err(|error| DocketError::Payload {
            task: names::delivery_task(""),
            problem: error.to_string(),
        })
    }
}

/// Runs the execution of a delivery.
pub(crate) async fn run(server: &EventServer, execution: &CurrentExecution) -> Outcome {
    let undecodable = |reason: String| Outcome::Undecodable { reason };
    let delivery: Delivery = match serde_json::from_slice(execution.payload()) {
        Ok(delivery) => delivery,
        Err(error) => return undecodable(error.to_string()),
    };
    let occurrence: Occurrence = match serde_json::from_str(&delivery.body) {
        Ok(occurrence) => occurrence,
        Err(error) => return undecodable(error.to_string()),
    };
    let discard = |reason: &str| Outcome::Discard {
        reason: reason.to_owned(),
    };
    // Read at each attempt: the subscription may have ended, or have a new secret.
    let subscription = match subscriptions::find(&server.docket, &delivery.subscription).await {
        Ok(Some(subscription)) => subscription,
        Ok(None) => return discard("the subscription has ended"),
        Err(error) => return Outcome::Failed(Failure::error(error.to_string())),
    };
    let Some(event) = server.registry.get(&occurrence.name) else {
        return discard("the event is not offered any more");
    };
    let caller = subscription.subscriber.clone().restore();
    if !server.permits(&caller, event, &subscription.arguments) {
        return discard("the subscriber may not have the event any more");
    }
    let Ok(target) = Target::parse(&subscription.url, server.allows_loopback) else {
        return Outcome::Failed(Failure::error("the URL is not allowed").final_now());
    };
    let sent = server.webhooks.send(Message {
        target: &target,
        subscription: &subscription.id,
        id: &occurrence.event_id,
        secrets: subscription.secrets().collect(),
        body: Bytes::from(delivery.body),
    });
    match sent.await {
        Ok(status) if status.is_success() => Outcome::done(),
        Ok(status) => {
            let failure = Failure::error(format!(
                "the webhook answered with status {}",
                status.as_u16()
            ));
            Outcome::Failed(if is_final(status) {
                failure.final_now()
            } else {
                failure
            })
        }
        Err(error) => Outcome::Failed(Failure::error(format!("the webhook: {error}"))),
    }
}

/// Returns whether another attempt cannot succeed (SEP-3415): the endpoint is gone, or the message is too large for it.
fn is_final(status: StatusCode) -> bool {
    status == StatusCode::GONE || status == StatusCode::PAYLOAD_TOO_LARGE
}

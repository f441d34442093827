//! Finds the subscribers of an event, and adds a delivery for each.

use bytes::Bytes;

use crate::docket::backend::call::Target as ExecutionTarget;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::error::DocketError;
use crate::docket::model::failure::Failure;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::{ConcurrencyLimit, Limits, Submission};
use crate::events::delivery::Delivery;
use crate::events::names;
use crate::events::occurrence::Occurrence;
use crate::events::server::EventServer;
use crate::events::stored::Subscription;
use crate::events::subscriptions;
use crate::events::target::Target;

/// The attempts to compare an event with the subscriptions for which its function fails.
const MAX_ATTEMPTS: u32 = 5;

/// Runs the execution of an event that was emitted.
pub(crate) async fn run(server: &EventServer, execution: &CurrentExecution) -> Outcome {
    let body = execution.payload();
    let read = || -> serde_json::Result<_> {
        let occurrence: Occurrence = serde_json::from_slice(body)?;
        // The owner is not sent.
        let sent = Occurrence {
            owner: None,
            ..occurrence.clone()
        };
        let body = sent.to_bytes()?;
        Ok((occurrence, body))
    };
    let (occurrence, body) = match read() {
        Ok(read) => read,
        Err(error) => {
            let reason = error.to_string();
            return Outcome::Undecodable { reason };
        }
    };
    // A run before this one may have added some of the deliveries.
    let is_repeated = execution.attempt() > 1 || execution.delivery() > 1;
    match fan_out(server, execution, &occurrence, &body, is_repeated).await {
        Ok(0) => Outcome::done(),
        Ok(failed) => {
            let message = format!("the function of the event failed for {failed} subscriptions");
            let failure = Failure::error(message);
            // Later, the records of the deliveries that were made are gone, and another run would repeat them.
            Outcome::Failed(if execution.attempt() >= MAX_ATTEMPTS {
                failure.final_now()
            } else {
                failure
            })
        }
        Err(error) => Outcome::Failed(Failure::error(error.to_string())),
    }
}

/// Adds the deliveries. Returns the number of subscriptions for which the function of the event failed.
async fn fan_out(
    server: &EventServer,
    execution: &CurrentExecution,
    occurrence: &Occurrence,
    body: &Bytes,
    is_repeated: bool,
) -> Result<usize, DocketError> {
    let name = &occurrence.name;
    let Some(event) = server.registry.get(name) else {
        return Ok(0);
    };
    let docket = execution.docket();
    let mut failed = 0;
    let mut after = None;
    loop {
        let (page, next) = subscriptions::page(&docket, name, after).await?;
        let mut deliveries = Vec::new();
        for subscription in page {
            let caller = subscription.subscriber.clone().restore();
            if !occurrence.belongs_to(&caller) {
                continue;
            }
            let arguments = subscription.arguments.clone();
            let matched =
                event
                    .entry
                    .matches(&server.provided, arguments, &occurrence.data, caller);
            match matched.await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) => {
                    let subscription = &*subscription.id;
                    tracing::error!(event = %name, subscription, %error, "the function of an event failed");
                    failed += 1;
                    continue;
                }
            }
            let key = names::delivery_key(&occurrence.event_id, &subscription.id);
            if is_repeated {
                let target = ExecutionTarget::Key(key.clone());
                if docket.backend().find(&target).await?.is_some() {
                    continue;
                }
            }
            deliveries.extend(delivery(server, &subscription, name, body)?.map(|it| it.key(key)));
        }
        for added in docket.submit_many(deliveries).await? {
            added?;
        }
        after = next;
        if after.is_none() {
            return Ok(failed);
        }
    }
}

fn delivery(
    server: &EventServer,
    subscription: &Subscription,
    event: &str,
    body: &Bytes,
) -> Result<Option<Submission>, DocketError> {
    // The switch for development may have been turned off since.
    let Ok(target) = Target::parse(&subscription.url, server.allows_loopback) else {
        tracing::warn!(subscription = %subscription.id, "the URL of a subscription is not allowed");
        return Ok(None);
    };
    let payload = Delivery::encode(&subscription.id, body)?;
    let limits = Limits {
        concurrency: Some(ConcurrencyLimit {
            lane: names::target_lane(&target.place()),
            at_most: server.options.target_concurrency,
        }),
        ..Limits::default()
    };
    Ok(Some(
        Submission::new(names::delivery_task(event), payload).limits(limits),
    ))
}

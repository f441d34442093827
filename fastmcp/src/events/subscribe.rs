//! `events/subscribe` and `events/unsubscribe`.

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::events::canonical::subscription_id;
use crate::events::error::EventError;
use crate::events::occurrence::rfc3339;
use crate::events::options::EventOptions;
use crate::events::params::{Params, Ttl};
use crate::events::server::EventServer;
use crate::events::stored::{Subscription, millis, now_ms};
use crate::events::subscriber::{StoredSubscriber, owner};
use crate::events::subscriptions;
use crate::events::target::Target;
use crate::events::verification::verify;

/// The shortest lifetime of a subscription in milliseconds. A shorter suggestion is raised to it.
const MIN_TTL: u64 = 60_000;

/// Creates or renews a subscription.
pub(crate) async fn subscribe(
    server: &EventServer,
    params: Params<'_>,
    caller: &Caller,
) -> Result<Value, EventError> {
    let owner = authenticated(server, caller)?;
    let event = server.find(params.name()?, caller)?;
    let name = event.entry.name;
    let arguments = params.arguments()?;
    let url = params.url(name)?;
    let secret = params.secret()?;
    let ttl = granted(params.ttl()?, &server.options);
    params.count("maxAgeMs")?;
    let has_cursor = params.cursor()?.is_some();
    let target = Target::parse(url, server.allows_loopback)?;
    server.check(caller, event, &arguments).await?;

    let id = subscription_id(&owner, url, name, &arguments);
    verify(server, &owner, &target, &id, &secret).await?;
    let mut subscription = Subscription {
        id,
        event: name.to_owned(),
        arguments,
        url: url.to_owned(),
        secret,
        previous: None,
        subscriber: StoredSubscriber::of(caller),
        expires: now_ms().saturating_add(ttl),
    };
    // A second request at the same time may replace the subscription in between. Both requests are of the same caller,
    // and the last one decides.
    let replaced = subscriptions::find(&server.docket, &subscription.id).await?;
    if let Some(replaced) = &replaced {
        subscription.rotate_from(replaced);
    }
    subscriptions::store(&server.docket, &subscription, &owner).await?;
    Ok(json!({
        "resultType": "complete",
        "id": subscription.id,
        "refreshBefore": rfc3339(subscription.end()),
        // Webhooks have no replay: a position of a client that has lost its subscription cannot be honoured.
        "cursor": null,
        "truncated": has_cursor && replaced.is_none(),
    }))
}

/// Ends a subscription. An unknown one is no error, because a client may repeat the request.
pub(crate) async fn unsubscribe(
    server: &EventServer,
    params: Params<'_>,
    caller: &Caller,
) -> Result<Value, EventError> {
    let owner = authenticated(server, caller)?;
    let name = params.name()?;
    let arguments = params.arguments()?;
    let url = params.url(name)?;
    let id = subscription_id(&owner, url, name, &arguments);
    subscriptions::remove(&server.docket, &id).await?;
    Ok(json!({ "resultType": "complete" }))
}

/// Returns the owner of the caller's subscriptions.
fn authenticated(server: &EventServer, caller: &Caller) -> Result<String, EventError> {
    if caller.is_local() || caller.principal().is_some() || server.options.allow_anonymous {
        return Ok(owner(caller));
    }
    Err(EventError::Forbidden(
        "a caller must be authenticated to subscribe".to_owned(),
    ))
}

/// Returns the lifetime of a subscription in milliseconds.
fn granted(ttl: Ttl, options: &EventOptions) -> u64 {
    let longest = millis(options.max_ttl);
    let suggested = match ttl {
        Ttl::Default => millis(options.default_ttl),
        Ttl::Unlimited => longest,
        Ttl::Suggested(time) => time.max(MIN_TTL),
    };
    suggested.min(longest)
}

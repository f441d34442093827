//! The keys and the task names of the executions behind events.
//!
//! The name of a `#[task]` has no colon, so none of them meets a task of the program.

use crate::docket::model::key::{Key, Name};
use crate::events::canonical::digest;

const SUBSCRIPTION: &str = "fastmcp:event-subscription/";
const FAN_OUT: &str = "fastmcp:event/";
const DELIVERY: &str = "fastmcp:event-delivery/";
const HISTORY: &str = "fastmcp:event-history/";
const TARGET: &str = "fastmcp:event-target";

/// The purpose of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose<'t> {
    /// Finds the subscribers of an event.
    FanOut(&'t str),
    /// Sends an event to a subscriber.
    Delivery(&'t str),
    /// Only ends: a subscription, a confirmed target, or an event of the history.
    Record,
}

/// Returns the purpose of an execution with this task name; `None` if it has nothing to do with events.
pub(crate) fn purpose(task: &str) -> Option<Purpose<'_>> {
    if let Some(event) = task.strip_prefix(FAN_OUT) {
        return Some(Purpose::FanOut(event));
    }
    if let Some(event) = task.strip_prefix(DELIVERY) {
        return Some(Purpose::Delivery(event));
    }
    let is_record = task.starts_with(SUBSCRIPTION) || task.starts_with(HISTORY) || task == TARGET;
    is_record.then_some(Purpose::Record)
}

pub(crate) fn subscription_task(event: &str) -> Name {
    Name::from(format!("{SUBSCRIPTION}{event}"))
}

pub(crate) fn subscription_key(id: &str) -> Key {
    Key::from(format!("{SUBSCRIPTION}{id}"))
}

pub(crate) fn fan_out_task(event: &str) -> Name {
    Name::from(format!("{FAN_OUT}{event}"))
}

pub(crate) fn fan_out_key(event: &str, event_id: &str) -> Key {
    Key::from(format!("{FAN_OUT}{event}/{event_id}"))
}

pub(crate) fn history_task(event: &str) -> Name {
    Name::from(format!("{HISTORY}{event}"))
}

pub(crate) fn history_key(event: &str, event_id: &str) -> Key {
    Key::from(format!("{HISTORY}{event}/{event_id}"))
}

pub(crate) fn delivery_task(event: &str) -> Name {
    Name::from(format!("{DELIVERY}{event}"))
}

/// Returns the key of a delivery. It is the same for the same event and subscription, so that an event that
/// is fanned out again has no second delivery.
pub(crate) fn delivery_key(event_id: &str, subscription: &str) -> Key {
    Key::from(format!("{DELIVERY}{event_id}/{subscription}"))
}

/// Returns the owner of the executions behind the subscriptions of a caller. It is another owner than that of the
/// caller's tasks, so that tasks leave room for subscriptions.
pub(crate) fn owner(owner: &str) -> Key {
    let owner = format!("fastmcp:events/{owner}");
    if owner.len() > Key::MAX_BYTES {
        return Key::from(format!("fastmcp:events/{}", digest(&owner.into())));
    }
    Key::from(owner)
}

pub(crate) fn target_task() -> Name {
    Name::from_static(TARGET)
}

/// Returns the key of the confirmation that a caller may send to a URL.
pub(crate) fn target_key(owner: &str, url: &str) -> Key {
    Key::from(format!(
        "{TARGET}/{}",
        digest(&serde_json::json!([owner, url]))
    ))
}

/// Returns the lane that limits the deliveries to one target at a time.
pub(crate) fn target_lane(target: &str) -> Name {
    let lane = format!("{TARGET}/{target}");
    if lane.len() > Name::MAX_BYTES {
        return Name::from(format!("{TARGET}/{}", digest(&target.into())));
    }
    Name::from(lane)
}

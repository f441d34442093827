//! `notifications/tasks`: the states of tasks on a `subscriptions/listen` request (SEP-2663, "Task notifications").

mod client;
mod http;
mod stage;
mod stream;

//! Events (SEP-3415): subscriptions, deliveries and history, through clients and webhooks.

mod attacks;
mod declare;
mod deliver;
mod poll;
mod stage;
mod stream;
mod subscribe;
mod tasks;

//! Events of MCP (`io.modelcontextprotocol/events`, SEP-3415): clients subscribe, and the program emits.
//!
//! The guide [`events`](crate::guide::events) has a complete server. An [`event`](macro@crate::event) is a
//! function, [`Events`] emits it, and [`EventOptions`] are the options of the server.
//!
//! Everything is stored in the docket of the server, and nothing elsewhere:
//!
//! | of events | of the docket |
//! |---|---|
//! | a subscription | an execution that is due when the subscription expires |
//! | an emitted event | an execution that finds the subscribers |
//! | a message to a subscriber | an execution with retries, a limit for each target, and dead letters |
//! | the confirmation of a target | an execution that is due when the confirmation expires |
//! | the history | executions with a lifetime of their own |
//!
//! So events are as durable as the docket, and every server that shares the docket may accept a
//! subscription, emit an event or deliver it.

pub(crate) mod address;
pub(crate) mod canonical;
pub(crate) mod cursor;
pub(crate) mod delivery;
pub(crate) mod emit;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod fan_out;
pub(crate) mod history;
pub(crate) mod names;
pub(crate) mod occurrence;
pub(crate) mod options;
pub(crate) mod params;
pub(crate) mod poll;
pub(crate) mod registry;
pub(crate) mod requests;
pub(crate) mod resolver;
pub(crate) mod runner;
pub(crate) mod secret;
pub(crate) mod server;
pub(crate) mod signature;
pub(crate) mod stored;
pub(crate) mod stream;
pub(crate) mod subscribe;
pub(crate) mod subscriber;
pub(crate) mod subscriptions;
pub(crate) mod target;
pub(crate) mod task_end;
pub(crate) mod task_finished;
pub(crate) mod verification;
pub(crate) mod verification_limit;
pub(crate) mod webhook;
pub(crate) mod wire;

pub use crate::events::emit::{Emit, EmitError, Emitted, Events};
pub use crate::events::entry::{Event, IntoMatch};
pub use crate::events::options::EventOptions;
pub use crate::events::subscriber::Subscriber;
pub use crate::events::wire::ErrorCodes;

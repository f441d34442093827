//! The store behind a docket: the [`Backend`] trait, and its implementations.
//!
//! The trait is public so that tests can wrap a backend, but it is **unstable**: its methods, and the fields and
//! variants of its types, may change in any minor release.

pub(crate) mod call;
pub(crate) mod contract;
pub(crate) mod dead_letter;
pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Rerun, Settled, Settlement, Target,
};
pub use crate::docket::backend::contract::{Backend, BackendFuture, BoxFuture};
pub use crate::docket::error::BackendError;
pub use crate::docket::model::delivery::{Delivery, Lease};
pub use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};
pub use crate::docket::model::journal::{EntryKind, JournalEntry, Recorded, Sent};
pub use crate::docket::model::outcome::Outcome;
pub use crate::docket::model::state::Cancelled;
pub use crate::docket::model::stats::Stats;
pub use crate::docket::model::submission::Submission;
pub use crate::docket::model::suspension::Suspension;

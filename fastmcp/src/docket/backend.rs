//! The store behind a docket: the contract, and the stores that keep it.

pub(crate) mod call;
pub(crate) mod contract;
pub mod memory;
#[cfg(feature = "redis")]
pub mod redis;

pub use crate::docket::backend::call::{
    Admission, Again, Amended, Cancelled, Claim, Claimed, Command, Condition, Hold, Message, Reply,
    Settled, Settlement, Target, Verdict,
};
pub use crate::docket::backend::contract::{Answer, Backend, BoxFuture};
pub use crate::docket::error::BackendError;

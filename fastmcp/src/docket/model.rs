//! The data of the docket: keys, states, records, submissions. No file here imports from the modules above it.

pub(crate) mod delivery;
pub(crate) mod envelope;
pub(crate) mod failure;
pub(crate) mod filter;
pub(crate) mod finite;
pub(crate) mod journal;
pub(crate) mod key;
pub(crate) mod options;
pub(crate) mod outcome;
pub(crate) mod parent;
pub(crate) mod progress;
pub(crate) mod record;
pub(crate) mod retention;
pub(crate) mod share;
pub(crate) mod state;
pub(crate) mod stats;
pub(crate) mod submission;
pub(crate) mod suspension;
pub(crate) mod time;

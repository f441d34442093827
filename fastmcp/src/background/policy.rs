//! The parts of a task's registration that come from the options of `#[task(…)]`.

use std::sync::LazyLock;

use crate::docket::error::DocketError;
use crate::docket::policy::Policy;

/// A policy that is built on first use, or the error of an invalid option.
#[doc(hidden)]
pub type LazyPolicy = LazyLock<Result<Policy, DocketError>>;

/// The argument whose values divide each limit into lanes, if there is one.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// The argument in `concurrency(…, per = argument)`.
    pub concurrency: Option<&'static str>,
    /// The argument in `rate_limit(…, by = argument)`.
    pub rate_limit: Option<&'static str>,
    /// The argument in `debounce(…, by = argument)`.
    pub debounce: Option<&'static str>,
    /// The argument in `cooldown(…, by = argument)`.
    pub cooldown: Option<&'static str>,
}

impl Lanes {
    /// One lane for all executions of the task.
    pub const NONE: Self = Self {
        concurrency: None,
        rate_limit: None,
        debounce: None,
        cooldown: None,
    };
}

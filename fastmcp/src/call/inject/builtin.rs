//! The built-in dependencies: handles that the library itself provides.

use std::ops::Deref;

use tokio_util::sync::CancellationToken;

use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Unavailable};
use crate::call::inject::needs::Needs;
use crate::context::request::Context;
use crate::context::stored_state::{SessionState, UserState};
use crate::docket::current_execution::CurrentExecution;
use crate::docket::current_execution::handles::{NextRun, TimeLimit};
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::progress::Progress;
use crate::docket::steps::Steps;
use crate::docket::worker::handle::Worker;

/// Implements [`Dependency`] for a handle that only some calls have.
macro_rules! handle {
    ($type:ty, $need:expr, $find:expr) => {
        handle!($type, $need, $find, true);
    };
    ($type:ty, $need:expr, $find:expr, $uses_request:literal) => {
        impl Dependency for $type {
            const USES_REQUEST: bool = $uses_request;

            fn needs(needs: &mut Needs) {
                needs.add($need);
            }

            async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
                let find: fn(&Injector) -> Option<$type> = $find;
                Ok(find(injector).ok_or(Unavailable($need))?)
            }

            fn resolve_now(injector: &Injector) -> Option<crate::error::Result<Self>> {
                let find: fn(&Injector) -> Option<$type> = $find;
                Some(find(injector).ok_or_else(|| Unavailable($need).into()))
            }
        }
    };
}

// A docket joins the trace of a request. Requests with a trace do not take the fast path.
handle!(Docket, Need::Docket, |injector| injector.docket(), false);
handle!(Worker, Need::Worker, |injector| injector.worker(), false);
handle!(Context, Need::Request, |injector| injector
    .context()
    .cloned());
handle!(Progress, Need::Call, |injector| injector.progress());
handle!(CurrentExecution, Need::Execution, |injector| {
    injector.delivery().cloned()
});
// A direct call of a tool is not a task: its steps run, and nothing is recorded.
handle!(Steps, Need::Call, |injector| {
    let steps = injector.delivery().map(CurrentExecution::steps);
    steps.or_else(|| injector.context().map(|_| Steps::detached()))
});

handle!(TimeLimit, Need::Execution, |injector| {
    injector.delivery().map(CurrentExecution::time_limit)
});
handle!(NextRun, Need::Execution, |injector| {
    injector.delivery().map(CurrentExecution::next_run)
});
handle!(TaskKey, Need::Execution, |injector| {
    injector.delivery().map(|it| TaskKey(it.key().clone()))
});
handle!(Cancellation, Need::Execution, |injector| {
    // A handler that takes a `Cancellation` stops by itself, so it must not be dropped at once.
    injector.handle_cancellation();
    injector
        .delivery()
        .map(|it| Cancellation(it.cancellation()))
});

/// The key of the current execution, in a `#[task]`.
///
/// ```
/// use fastmcp::dependencies::TaskKey;
/// use fastmcp::prelude::*;
///
/// #[task]
/// async fn invoice(customer: String, key: TaskKey) -> String {
///     format!("invoice {} for {customer}", &**key)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskKey(pub Key);

impl TaskKey {
    /// Creates a key, to call the function of a task in a unit test.
    pub fn detached(key: impl Into<Key>) -> Self {
        Self(key.into())
    }
}

impl Deref for TaskKey {
    type Target = Key;

    fn deref(&self) -> &Key {
        &self.0
    }
}

/// In a `#[task]`: a token that is cancelled when the run has to stop.
///
/// A body that observes the token can clean up and return. A body that still runs at the end of the
/// worker's grace period is dropped at its next `.await`.
///
/// ```
/// use fastmcp::dependencies::Cancellation;
/// use fastmcp::prelude::*;
///
/// #[task]
/// async fn watch(cancellation: Cancellation) {
///     cancellation.cancelled().await;
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Cancellation(pub CancellationToken);

impl Cancellation {
    /// Creates a token that only its clones cancel, to call the function of a task in a unit test.
    ///
    /// ```
    /// use fastmcp::dependencies::Cancellation;
    /// use fastmcp::prelude::*;
    ///
    /// #[task]
    /// async fn watch(cancellation: Cancellation) -> String {
    ///     cancellation.cancelled().await;
    ///     "stopped".to_owned()
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cancellation = Cancellation::detached();
    /// cancellation.cancel();
    /// assert_eq!(watch(cancellation).await, "stopped");
    /// # }
    /// ```
    pub fn detached() -> Self {
        Self(CancellationToken::new())
    }
}

impl Deref for Cancellation {
    type Target = CancellationToken;

    fn deref(&self) -> &CancellationToken {
        &self.0
    }
}

/// Implements [`Dependency`] for a value that belongs to the caller of a live request.
macro_rules! of_request {
    ($type:ty, $find:expr) => {
        impl Dependency for $type {
            fn needs(needs: &mut Needs) {
                needs.add(Need::Request);
            }

            async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
                let context = injector.context().ok_or(Unavailable(Need::Request))?;
                let find: fn(&Context) -> crate::error::Result<$type> = $find;
                find(context)
            }
        }

        impl RequestScoped for $type {}
    };
}

of_request!(SessionState, Context::session_state);
of_request!(UserState, Context::user_state);

impl RequestScoped for Context {}

/// Resolves to `None` if the server does not meet the requirements of `D`. An error of `D` itself
/// stays an error.
impl<D: Dependency> Dependency for Option<D> {
    const USES_REQUEST: bool = D::USES_REQUEST;

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        if injector.can_provide::<D>() {
            D::resolve(injector).await.map(Some)
        } else {
            Ok(None)
        }
    }

    fn resolve_now(injector: &Injector) -> Option<crate::error::Result<Self>> {
        if injector.can_provide::<D>() {
            Some(D::resolve_now(injector)?.map(Some))
        } else {
            Some(Ok(None))
        }
    }
}

impl<D: RequestScoped> RequestScoped for Option<D> {}

//! Tests of servers and tasks: a connected client, a docket whose time the test moves, and assertions.
//!
//! The feature `testing` adds this module. Put it into the dev-dependencies, so that the program itself is compiled
//! without it:
//!
//! ```toml
//! [dev-dependencies]
//! fastmcp = { path = "/path/to/the/repository/fastmcp", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! | item | for |
//! |---|---|
//! | [`TestClient`] | a started server and a client that is connected to it, in one line |
//! | [`TestDocket`] | a docket whose clock the test moves, and its worker |
//! | [`assert_scheduled!`], [`assert_not_scheduled!`] | tasks that wait, with their arguments |
//! | [`assert_surface!`] | names and schemas of a server, compared with a reviewed file |
//! | [`Faults`] | delays, errors and killed workers |
//!
//! The items of this module panic where an assertion would: their callers are tests. The guide
//! [`testing`](crate::guide::testing) has examples.

mod client;
mod clock;
mod difference;
mod docket;
mod faults;
mod process;
mod scheduled;
mod span;
mod store;
mod surface;

#[doc(inline)]
pub use crate::{assert_not_scheduled, assert_scheduled, assert_surface};

pub use crate::testing::client::TestClient;
pub use crate::testing::docket::TestDocket;
pub use crate::testing::faults::{Faults, Operation};
#[doc(hidden)]
pub use crate::testing::scheduled::Expected;
pub use crate::testing::span::Span;
#[doc(hidden)]
pub use crate::testing::surface::{Surface, check as check_surface};

/// Asserts that a task is scheduled or queued with these arguments, in a [`TestDocket`](crate::testing::TestDocket).
///
/// The arguments are those of the task, without its dependencies, and the compiler checks them. Further conditions follow
/// them: `after = "1h"` (the time until it is due, to the second), `key = "order-7"` and `times = 2` (the number of such
/// executions; without it, at least one).
///
/// ```standalone_crate
/// use fastmcp::prelude::*;
/// use fastmcp::testing::{TestDocket, assert_not_scheduled, assert_scheduled};
///
/// #[task]
/// async fn total(prices: Vec<u32>) -> u32 {
///     prices.iter().sum()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let docket = TestDocket::new();
/// assert_not_scheduled!(docket, total);
/// docket.add(total)(vec![1]).key("order-7").await?;
/// assert_scheduled!(docket, total(vec![1]), key = "order-7", times = 1);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If there is no such execution. The message lists the executions of the task that are scheduled, and the first argument
/// in which each differs.
#[macro_export]
macro_rules! assert_scheduled {
    ($docket:expr, $($task:ident)::+ ( $($argument:expr),* $(,)? ) $(, $option:ident = $value:expr)* $(,)?) => {{
        let docket: &$crate::testing::TestDocket = &$docket;
        let expected = $crate::testing::Expected::new(docket.add($($task)::+)($($argument),*))$(.$option($value))*;
        if let ::std::result::Result::Err(problem) = expected.find(docket) {
            ::std::panic!("{problem}");
        }
    }};
}

/// Asserts that no execution of a task is scheduled or queued, whatever its arguments, in a
/// [`TestDocket`](crate::testing::TestDocket). With arguments, as in [`assert_scheduled!`](crate::assert_scheduled), that
/// none is with these.
///
/// # Panics
///
/// If there is one.
#[macro_export]
macro_rules! assert_not_scheduled {
    ($docket:expr, $($task:ident)::+ ( $($argument:expr),* $(,)? ) $(, key = $key:expr)? $(,)?) => {
        $crate::assert_scheduled!($docket, $($task)::+($($argument),*) $(, key = $key)?, times = 0)
    };
    ($docket:expr, $($task:ident)::+ $(,)?) => {{
        let docket: &$crate::testing::TestDocket = &$docket;
        let name = ::std::stringify!($($task)::+);
        if let ::std::result::Result::Err(problem) = $crate::testing::Expected::none_of($($task)::+, name, docket) {
            ::std::panic!("{problem}");
        }
    }};
}

/// Asserts that the names, descriptions and schemas of a server are those in a file: a change that hosts and models see
/// becomes a change that a reviewer sees.
///
/// The path is relative to the folder of the `Cargo.toml`. The server is a [`Client`](crate::client::Client), a
/// [`TestClient`](crate::testing::TestClient) or a [`Server`](crate::Server). The macro awaits, so it belongs into an async
/// function.
///
/// With `FASTMCP_SURFACE=overwrite` in the environment, it writes the file instead:
///
/// ```no_run
/// use fastmcp::FastMcp;
/// use fastmcp::testing::{TestClient, assert_surface};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> fastmcp::Result<()> {
/// let client = TestClient::connect(FastMcp::new("shop")).await?;
/// assert_surface!("tests/surface.json", client);
/// # Ok(())
/// # }
/// ```
///
/// # Panics
///
/// If the file is missing or differs. The message shows the lines that differ.
#[macro_export]
macro_rules! assert_surface {
    ($path:expr, $server:expr $(,)?) => {{
        let path = ::std::path::Path::new(::std::env!("CARGO_MANIFEST_DIR")).join($path);
        if let ::std::result::Result::Err(problem) =
            $crate::testing::check_surface(&path, &$server).await
        {
            ::std::panic!("{problem}");
        }
    }};
}

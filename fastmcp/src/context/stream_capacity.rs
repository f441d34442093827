//! Makes a handler wait for a client that does not read its stream.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

/// Waits until the client of a request has read enough of the messages that were sent to it. The
/// argument is the size of the next message in bytes. The HTTP transport inserts it into the
/// extensions of an HTTP request.
#[derive(Clone)]
pub(crate) struct StreamCapacity(pub(crate) Ready);

type Ready = Arc<dyn Fn(usize) -> BoxFuture<'static, ()> + Send + Sync>;

impl fmt::Debug for StreamCapacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StreamCapacity")
    }
}

//! Tokio's clock, which a test pauses.

use std::time::Duration;

use tokio::time::Instant;

/// Longer than the resolution of the clocks.
const A_MOMENT: Duration = Duration::from_micros(20);

/// Returns whether tokio's clock stands still. Tokio has no function for it.
pub(super) fn is_paused() -> bool {
    let (before, real) = (Instant::now(), std::time::Instant::now());
    while real.elapsed() < A_MOMENT {
        std::hint::spin_loop();
    }
    before == Instant::now()
}

//! [`VerificationLimit`]: the number of verifications that one host gets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The verifications that a server sends to one host within [`PERIOD`].
pub(crate) const MAX_PER_HOST: u32 = 60;
const PERIOD: Duration = Duration::from_mins(1);
/// The number of hosts that are counted.
const MAX_HOSTS: usize = 10_000;

/// Limits the verifications of one host, so that the server cannot be used to flood it.
#[derive(Default)]
pub(crate) struct VerificationLimit(Mutex<HashMap<String, (Instant, u32)>>);

impl VerificationLimit {
    /// Returns whether a host may get another verification.
    pub(crate) fn admits(&self, host: &str, now: Instant) -> bool {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= MAX_HOSTS {
            hosts.retain(|_, (since, _)| now.duration_since(*since) < PERIOD);
        }
        if hosts.len() >= MAX_HOSTS && !hosts.contains_key(host) {
            return false;
        }
        let (since, count) = hosts.entry(host.to_owned()).or_insert((now, 0));
        if now.duration_since(*since) >= PERIOD {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MAX_PER_HOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifications_of_a_host_are_limited() {
        let limit = VerificationLimit::default();
        let now = Instant::now();
        let admitted = (0..100).filter(|_| limit.admits("a:443", now)).count();
        assert_eq!(admitted, 60);
        assert!(limit.admits("b:443", now));
        assert!(limit.admits("a:443", now + PERIOD));
    }
}

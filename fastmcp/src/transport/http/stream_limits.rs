//! [`StreamLimits`]: the maximum number of open `subscriptions/listen` streams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::principal::Principal;
use crate::transport::http::lock::lock;

/// The number of open streams, of all callers and of each.
pub(crate) struct StreamLimits {
    max: usize,
    max_per_principal: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_principal: HashMap<Principal, usize>,
}

impl StreamLimits {
    pub(crate) fn new(max: usize, max_per_principal: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            max_per_principal,
            open: Mutex::default(),
        })
    }

    /// Counts a stream of `caller` until the returned guard is dropped; `None` at a limit. Anonymous
    /// callers have only the limit of all streams.
    pub(crate) fn open(self: &Arc<Self>, caller: Option<Principal>) -> Option<OpenStream> {
        let mut open = lock(&self.open);
        if open.total >= self.max {
            return None;
        }
        if let Some(caller) = &caller {
            let count = open.by_principal.get(caller).copied().unwrap_or_default();
            if count >= self.max_per_principal {
                return None;
            }
            open.by_principal.insert(caller.clone(), count + 1);
        }
        open.total += 1;
        Some(OpenStream {
            limits: Arc::clone(self),
            caller,
        })
    }
}

/// An open stream.
pub(crate) struct OpenStream {
    limits: Arc<StreamLimits>,
    caller: Option<Principal>,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = lock(&self.limits.open);
        open.total -= 1;
        if let Some(caller) = &self.caller
            && let Some(count) = open.by_principal.get_mut(caller)
        {
            *count -= 1;
            if *count == 0 {
                open.by_principal.remove(caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_limited_per_principal_and_in_all() {
        let limits = StreamLimits::new(3, 1);
        let (ada, bob) = (Principal::new("ada"), Principal::new("bob"));
        let of_ada = limits.open(Some(ada.clone())).unwrap();
        assert!(limits.open(Some(ada.clone())).is_none());
        drop(of_ada);
        let _streams = [Some(ada), None, None].map(|caller| limits.open(caller).unwrap());
        assert!(limits.open(None).is_none());
        assert!(limits.open(Some(bob)).is_none());
    }
}

//! Who sleeps, and who is to be woken: collected under the lock, rung after it.

/// The sleepers of a docket, and the wake-ups that the present step asks for.
#[derive(Debug, Default)]
pub(crate) struct Wakes {
    /// Claims that sleep until there is work.
    pub(crate) claims_asleep: usize,
    /// Pending counts at or below which a sleeping `wait` is done.
    pub(crate) marks: Vec<usize>,
    work: usize,
    timers: bool,
    signals: bool,
}

/// What is to be rung.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    pub(crate) claims: usize,
    pub(crate) all_claims: bool,
    pub(crate) signals: bool,
    pub(crate) waits: bool,
}

impl Wakes {
    /// So many executions became ready.
    pub(crate) fn work(&mut self, count: usize) {
        self.work += count;
    }

    /// Every sleeping claim must look again: the next due time has changed, or somebody in particular is meant.
    pub(crate) fn timers(&mut self) {
        self.timers = true;
    }

    /// Some worker is to hear of a cancellation.
    pub(crate) fn signals(&mut self) {
        self.signals = true;
    }

    pub(crate) fn rings(&mut self, before: usize, pending: usize) -> Rings {
        let asleep = self.claims_asleep;
        Rings {
            claims: std::mem::take(&mut self.work).min(asleep),
            all_claims: std::mem::take(&mut self.timers) && asleep > 0,
            signals: std::mem::take(&mut self.signals),
            // Only what was brought about now: sleepers that are told of the same thing twice wake each other for ever.
            waits: pending < before && self.marks.iter().any(|mark| pending <= *mark),
        }
    }
}

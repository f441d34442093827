//! Who sleeps, and who is to be woken: collected under the lock, rung after it.

/// The sleepers of a docket, and the wake-ups that the present step asks for.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    /// Claims that sleep until there is work.
    pub(super) claims_asleep: usize,
    /// Pending counts at or below which a sleeping `wait` is done.
    pub(super) marks: Vec<usize>,
    work: usize,
    timers: bool,
    signals: bool,
}

/// What is to be rung.
#[derive(Debug, Default)]
pub(super) struct Rings {
    pub(super) claims: usize,
    pub(super) all_claims: bool,
    pub(super) signals: bool,
    pub(super) waits: bool,
}

impl Wakes {
    /// So many executions became ready.
    pub(super) fn work(&mut self, count: usize) {
        self.work += count;
    }

    /// Every sleeping claim must look again: the next due time has changed, or somebody in particular is meant.
    pub(super) fn timers(&mut self) {
        self.timers = true;
    }

    /// Some worker is to hear of a cancellation.
    pub(super) fn signals(&mut self) {
        self.signals = true;
    }

    pub(super) fn rings(&mut self, before: usize, pending: usize) -> Rings {
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

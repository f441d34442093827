//! The share of the workers' slots that one owner may take.

/// How many runs an owner may have for each free slot, before it has to leave the free slots to other owners.
const RUNS_PER_FREE_SLOT: usize = 2;

/// Returns whether an owner with `running` executions may start another one.
///
/// `limit` is the docket's `owner_concurrency`, and `free` the number of free slots of all live workers. An owner without
/// a run may take any slot. An owner with runs leaves the last free slot to such owners, and takes the fewer slots the
/// fewer are free. So one owner takes six slots of ten, two take four each, and three greedy owners that arrive one after
/// the other leave a slot for the fourth.
pub(crate) fn may_start(running: usize, limit: u32, free: usize) -> bool {
    let below_limit = u32::try_from(running).is_ok_and(|running| running < limit);
    let leaves_a_slot = running < RUNS_PER_FREE_SLOT * free.saturating_sub(1);
    below_limit && (running == 0 || leaves_a_slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets greedy owners take slots in turns until none may take another one. Returns the slots of each.
    fn taken(owners: usize, slots: usize, limit: u32) -> Vec<usize> {
        let mut runs = vec![0; owners];
        loop {
            let free = slots - runs.iter().sum::<usize>();
            let Some(fewest) = (0..owners).min_by_key(|owner| runs[*owner]) else {
                return runs;
            };
            if free == 0 || !may_start(runs[fewest], limit, free) {
                return runs;
            }
            runs[fewest] += 1;
        }
    }

    #[test]
    fn a_slot_stays_free_for_the_next_owner() {
        assert_eq!(taken(1, 10, 8), [6]);
        assert_eq!(taken(1, 10, 4), [4]);
        assert_eq!(taken(1, 100, 8), [8]);
        assert_eq!(taken(2, 10, 8), [4, 4]);
        assert_eq!(taken(1, 1, 8), [1]);
        assert_eq!(taken(10, 10, 8), [1; 10]);
        for slots in 1..40 {
            for owners in 1..slots {
                let runs = taken(owners, slots, u32::MAX);
                assert!(runs.iter().all(|runs| *runs > 0), "{runs:?} of {slots}");
                assert!(
                    runs.iter().sum::<usize>() < slots,
                    "{owners} owners took all {slots} slots: {runs:?}"
                );
            }
        }
    }
}

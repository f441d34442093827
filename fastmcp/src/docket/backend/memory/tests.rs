//! What a memory docket keeps, and what it does not.

use super::*;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::submission::{ConcurrencyLimit, Limits, OnConflict, Priority};
use crate::docket::model::time::When;

fn message(key: usize, when: When) -> Message {
    Message {
        key: Key::from(format!("key-{key}")),
        task: Name::from_static("work"),
        body: bytes::Bytes::from_static(b"{}"),
        when,
        priority: Priority::Normal,
        conflict: OnConflict::Keep,
        limits: None,
        note: None,
        keep: None,
    }
}

fn cancel(store: &mut Store, key: usize, now: Timestamp) {
    let command = Command::Cancel {
        key: Key::from(format!("key-{key}")),
        reason: "test".into(),
    };
    let _ = store.control(command, now);
}

const NOW: Timestamp = Timestamp::from_micros(1_000_000);

#[test]
fn what_is_added_and_cancelled_leaves_nothing_behind() {
    let mut store = Store::new(DocketOptions {
        result_capacity: 10,
        ..DocketOptions::default()
    });
    for key in 0..50_000 {
        let when = match key % 2 {
            0 => When::Now,
            _ => When::After(Duration::from_mins(1)),
        };
        store.admit(message(key, when), NOW);
        cancel(&mut store, key, NOW);
        store.pass_time(NOW);
    }
    assert_eq!(store.pending, 0);
    assert!(
        store.slab.iter().count() <= 10,
        "the latest results, and nothing else"
    );
    assert!(store.keys.len() <= 10);
    assert!(
        store.stale < 2048,
        "the queues are swept: {} stale entries",
        store.stale
    );
    assert!(store.ready.len() + store.timetable.len() < 2048);
}

#[test]
fn the_oldest_results_go_first() {
    let mut store = Store::new(DocketOptions {
        result_capacity: 3,
        ..DocketOptions::default()
    });
    for key in 0..5 {
        store.admit(message(key, When::Now), NOW);
        cancel(&mut store, key, NOW);
    }
    let kept: Vec<bool> = (0..5)
        .map(|key| store.keys.contains_key(format!("key-{key}").as_str()))
        .collect();
    assert_eq!(kept, [false, false, true, true, true]);
}

#[test]
fn a_store_at_rest_has_nothing_to_wait_for() {
    let mut store = Store::new(DocketOptions::default());
    assert_eq!(store.next_moment(), None);
    store.admit(message(0, When::After(Duration::from_mins(1))), NOW);
    assert_eq!(store.next_moment(), Some(NOW + Duration::from_mins(1)));
    cancel(&mut store, 0, NOW);
    let later = NOW + Duration::from_hours(1);
    store.pass_time(later);
    assert_eq!(store.next_moment(), None, "its result has expired as well");
    assert_eq!(store.slab.iter().count(), 0);
}

#[test]
fn of_what_has_had_its_time_nothing_is_left() {
    let mut store = Store::new(DocketOptions::default());
    for key in 0..100 {
        let mut message = message(key, When::Now);
        message.note = Some(bytes::Bytes::from_static(b"note"));
        message.keep = Some(Duration::from_mins(1));
        store.admit(message, NOW);
    }
    let claim = Claim {
        worker: "w".into(),
        limit: 50,
        lease: Duration::from_hours(1),
        max_deliveries: 3,
    };
    for run in store.claim(&claim, NOW) {
        let verdict = crate::docket::backend::call::Verdict::Parked {
            note: bytes::Bytes::from_static(b"asks"),
        };
        store.settle(run.hold, &verdict, NOW);
    }
    assert_eq!(store.next_moment(), Some(NOW + Duration::from_mins(1)));
    store.pass_time(NOW + Duration::from_mins(1));
    assert_eq!((store.slab.iter().count(), store.keys.len()), (0, 0));
    assert_eq!((store.kept.len(), store.pending), (0, 0));
    assert_eq!(store.next_moment(), None);
}

#[test]
fn lanes_at_rest_are_forgotten() {
    let mut store = Store::new(DocketOptions::default());
    for lane in 0..10_000 {
        let mut message = message(lane, When::Now);
        message.limits = Some(Box::new(Limits {
            concurrency: Some(ConcurrencyLimit {
                lane: Name::from(format!("lane-{lane}")),
                at_most: 1,
            }),
            ..Limits::default()
        }));
        store.admit(message, NOW);
        let claim = Claim {
            worker: "w".into(),
            limit: 1,
            lease: Duration::from_secs(1),
            max_deliveries: 3,
        };
        for run in store.claim(&claim, NOW) {
            let verdict = crate::docket::backend::call::Verdict::Cancelled {
                reason: "test".into(),
            };
            store.settle(run.hold, &verdict, NOW);
        }
    }
    assert!(store.lanes.len() < 2500, "{} lanes", store.lanes.len());
}

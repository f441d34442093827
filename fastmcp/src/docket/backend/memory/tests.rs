//! The memory backend does not leak memory, and deletes the oldest results first.

use super::*;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::{ConcurrencyLimit, Limits};
use crate::docket::model::time::When;

fn submission(key: usize, when: When) -> Submission {
    Submission::new("work", "{}")
        .key(format!("key-{key}"))
        .when(when)
}

fn cancel(store: &mut Store, key: usize, now: Timestamp) {
    let _ = store.cancel(&Key::from(format!("key-{key}")), "test", now);
}

const NOW: Timestamp = Timestamp::from_micros(1_000_000);

#[test]
fn submitted_and_cancelled_executions_leave_nothing_behind() {
    let mut store = Store::new(DocketOptions {
        result_capacity: 10,
        ..DocketOptions::default()
    });
    for key in 0..50_000 {
        let when = match key % 2 {
            0 => When::Now,
            _ => When::After(Duration::from_mins(1)),
        };
        store.admit(submission(key, when), NOW);
        cancel(&mut store, key, NOW);
        store.pass_time(NOW);
    }
    assert_eq!(store.pending, 0);
    assert!(
        store.slab.iter().count() <= 10,
        "only the latest results remain"
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
fn the_oldest_results_are_deleted_first() {
    let mut store = Store::new(DocketOptions {
        result_capacity: 3,
        ..DocketOptions::default()
    });
    for key in 0..5 {
        store.admit(submission(key, When::Now), NOW);
        cancel(&mut store, key, NOW);
    }
    let kept: Vec<bool> = (0..5)
        .map(|key| store.keys.contains_key(format!("key-{key}").as_str()))
        .collect();
    assert_eq!(kept, [false, false, true, true, true]);
}

#[test]
fn an_idle_store_waits_for_nothing() {
    let mut store = Store::new(DocketOptions::default());
    assert_eq!(store.next_moment(), None);
    store.admit(submission(0, When::After(Duration::from_mins(1))), NOW);
    assert_eq!(store.next_moment(), Some(NOW + Duration::from_mins(1)));
    cancel(&mut store, 0, NOW);
    let later = NOW + Duration::from_hours(1);
    store.pass_time(later);
    assert_eq!(store.next_moment(), None, "its result has expired too");
    assert_eq!(store.slab.iter().count(), 0);
}

#[test]
fn nothing_is_left_at_the_end_of_the_retention() {
    let mut store = Store::new(DocketOptions::default());
    for key in 0..100 {
        let mut submission = submission(key, When::Now);
        submission = submission.note("note").keep_for(Duration::from_mins(1));
        store.admit(submission, NOW);
    }
    let claim = Claim::new("w".into(), 50, Duration::from_hours(1), 3);
    for run in store.claim(&claim, NOW) {
        let note = Bytes::from_static(b"question");
        store.settle(&Settlement::new(run.lease, Outcome::Park { note }), NOW);
    }
    assert_eq!(store.next_moment(), Some(NOW + Duration::from_mins(1)));
    store.pass_time(NOW + Duration::from_mins(1));
    assert_eq!((store.slab.iter().count(), store.keys.len()), (0, 0));
    assert_eq!((store.kept.len(), store.pending), (0, 0));
    assert_eq!(store.next_moment(), None);
}

#[test]
fn idle_lanes_are_deleted() {
    let mut store = Store::new(DocketOptions::default());
    for lane in 0..10_000 {
        let mut submission = submission(lane, When::Now);
        submission = submission.limits(Limits {
            concurrency: Some(ConcurrencyLimit {
                lane: Name::from(format!("lane-{lane}")),
                at_most: 1,
            }),
            ..Limits::default()
        });
        store.admit(submission, NOW);
        let claim = Claim::new("w".into(), 1, Duration::from_secs(1), 3);
        for run in store.claim(&claim, NOW) {
            let reason = "test".into();
            store.settle(
                &Settlement::new(run.lease, Outcome::Discard { reason }),
                NOW,
            );
        }
    }
    assert!(store.lanes.len() < 2500, "{} lanes", store.lanes.len());
}

/// A docket whose wall clock can be stepped.
fn stepped() -> (Arc<std::sync::atomic::AtomicI64>, Arc<MemoryBackend>) {
    let step = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let read = step.clone();
    let deviation = move || Some(read.load(std::sync::atomic::Ordering::SeqCst));
    let backend = MemoryBackend {
        clock: Clock::with_deviation(Box::new(deviation)),
        ..MemoryBackend::new(DocketOptions::default())
    };
    (step, Arc::new(backend))
}

const HOUR: i64 = 3_600_000_000;

async fn is_due(backend: &MemoryBackend) -> bool {
    backend.snapshot(0).await.unwrap().queued == 1
}

/// Moments follow the wall clock; spans follow the monotonic one.
#[tokio::test(start_paused = true)]
async fn a_step_of_the_wall_clock_moves_moments_and_no_spans() {
    use std::sync::atomic::Ordering::SeqCst;
    let seconds = Duration::from_secs;
    for (ahead, by_clock, by_span) in [
        // Set forward by an hour: the moment in an hour is now.
        (HOUR, true, false),
        // Set back by an hour: the moment in two seconds is in an hour and two seconds.
        (-HOUR, false, true),
    ] {
        let (step, backend) = stepped();
        let now = backend.now().await.unwrap();
        let delay = if ahead > 0 { seconds(3600) } else { seconds(2) };
        let at = submission(1, When::At(now + delay));
        backend.submit(vec![at]).await.unwrap();
        step.store(ahead, SeqCst);
        tokio::time::sleep(seconds(3)).await;
        assert_eq!(is_due(&backend).await, by_clock, "set by {ahead}");
        let record = backend
            .find(&Target::Key(Key::from("key-1")))
            .await
            .unwrap();
        assert_eq!(
            record.unwrap().due,
            now + delay,
            "callers see the wall clock"
        );

        let (step, backend) = stepped();
        let after = submission(1, When::After(delay));
        backend.submit(vec![after]).await.unwrap();
        step.store(ahead, SeqCst);
        tokio::time::sleep(seconds(3)).await;
        assert_eq!(is_due(&backend).await, by_span, "set by {ahead}");
    }
}

/// A sleeping claim notices the step, and the clock that schedules are computed with is the wall clock.
#[tokio::test(start_paused = true)]
async fn a_sleeping_claim_notices_a_step_of_the_wall_clock() {
    let (step, backend) = stepped();
    let now = backend.now().await.unwrap();
    let at = now + Duration::from_hours(1);
    backend
        .submit(vec![submission(1, When::At(at))])
        .await
        .unwrap();
    let claiming = tokio::spawn({
        let backend = backend.clone();
        let claim = Claim::new("w".into(), 1, Duration::from_mins(1), 3);
        async move { backend.claim(claim).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(!claiming.is_finished());
    step.store(HOUR, std::sync::atomic::Ordering::SeqCst);
    let begin = tokio::time::Instant::now();
    let delivery = claiming.await.unwrap().remove(0);
    assert!(begin.elapsed() <= Duration::from_secs(10));
    assert_eq!(delivery.due, at);
    assert!(delivery.claimed >= at);
    assert!(backend.now().await.unwrap() >= at);
    // Leases are spans.
    step.store(2 * HOUR, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(backend.snapshot(0).await.unwrap().running, 1);
}

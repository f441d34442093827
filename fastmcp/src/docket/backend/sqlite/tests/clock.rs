//! Steps of the wall clock.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::docket::backend::call::{Settled, Settlement, Target};
use crate::docket::backend::sqlite::clock::Clock;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::time::When;

const HOUR: i64 = 3_600_000_000;

/// A wall clock that can be stepped.
#[derive(Clone, Default)]
struct Step(Arc<AtomicI64>);

impl Step {
    fn set(&self, by: i64) {
        self.0.store(by, Ordering::SeqCst);
    }

    fn open(&self, directory: &Directory) -> SqliteBackend {
        let step = self.0.clone();
        let clock = Clock::with_deviation(Box::new(move || step.load(Ordering::SeqCst)));
        let options = DocketOptions::default();
        SqliteBackend::with_clock(&directory.file(), Durability::Process, options, clock)
    }
}

async fn is_due(backend: &SqliteBackend) -> bool {
    backend.snapshot(0).await.unwrap().queued == 1
}

/// Moments follow the wall clock; spans follow the monotonic one.
#[tokio::test(start_paused = true)]
async fn a_step_of_the_wall_clock_moves_moments_and_no_spans() {
    let seconds = Duration::from_secs;
    for (ahead, by_clock, by_span) in [
        // Set forward by an hour: the moment in an hour is now.
        (HOUR, true, false),
        // Set back by an hour: the moment in two seconds is in an hour and two seconds.
        (-HOUR, false, true),
    ] {
        let delay = if ahead > 0 { seconds(3600) } else { seconds(2) };
        let (step, directory) = (Step::default(), Directory::new());
        let backend = step.open(&directory);
        let now = backend.now().await.unwrap();
        submit(&backend, work("k").when(When::At(now + delay))).await;
        step.set(ahead);
        tokio::time::sleep(seconds(3)).await;
        assert_eq!(is_due(&backend).await, by_clock, "set by {ahead}");
        let record = backend.find(&Target::Key("k".into())).await.unwrap();
        let due = record.unwrap().due;
        assert_eq!(due, now + delay, "callers see the wall clock");

        let (step, directory) = (Step::default(), Directory::new());
        let backend = step.open(&directory);
        submit(&backend, work("k").after(delay)).await;
        step.set(ahead);
        tokio::time::sleep(seconds(3)).await;
        assert_eq!(is_due(&backend).await, by_span, "set by {ahead}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_step_neither_loses_a_lease_nor_keeps_one() {
    for ahead in [HOUR, -HOUR] {
        let (step, directory) = (Step::default(), Directory::new());
        let backend = step.open(&directory);
        submit(&backend, work("k")).await;
        let run = claim(&backend, "w").await.remove(0);
        step.set(ahead);
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(backend.snapshot(0).await.unwrap().running, 1);
        tokio::time::sleep(Duration::from_secs(20)).await;
        assert_eq!(
            backend.snapshot(0).await.unwrap().queued,
            1,
            "the lease of a minute is over"
        );
        let end = Settlement::new(run.lease, Outcome::done());
        assert_eq!(backend.settle(&[end]).await, Ok(vec![Settled::Fenced]));
    }
}

/// The clock of the docket does not go back, so IDs and tokens rise, and a run that was lost stays fenced.
#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_back_while_the_file_was_closed_goes_on() {
    let (step, directory) = (Step::default(), Directory::new());
    step.set(HOUR);
    let backend = step.open(&directory);
    submit(&backend, work("later").after(Duration::from_mins(2))).await;
    submit(&backend, work("k")).await;
    let lost = claim(&backend, "w").await.remove(0);
    drop(backend);
    step.set(0);
    let backend = step.open(&directory);
    tokio::time::sleep(Duration::from_mins(1)).await;
    let run = claim(&backend, "w").await.remove(0);
    assert_eq!((run.lease.id, run.delivery), (lost.lease.id, 2));
    assert!(run.lease.token > lost.lease.token);
    tokio::time::sleep(Duration::from_mins(1)).await;
    let keys: Vec<_> = claim(&backend, "w").await;
    assert!(keys.iter().any(|run| run.key == "later"), "{keys:?}");
    let wall = backend.now().await.unwrap();
    let real = crate::docket::model::time::Timestamp::from(std::time::SystemTime::now());
    assert!(
        wall.since(real) < Duration::from_mins(10),
        "callers see the wall clock"
    );
}

/// A sleeping claim notices a step of the wall clock, and timetables are computed with the wall clock.
#[tokio::test(start_paused = true)]
async fn a_sleeping_claim_notices_a_step_of_the_wall_clock() {
    let (step, directory) = (Step::default(), Directory::new());
    let backend = Arc::new(step.open(&directory));
    let at = backend.now().await.unwrap() + Duration::from_hours(1);
    submit(&backend, work("k").when(When::At(at))).await;
    let claiming = tokio::spawn({
        let backend = backend.clone();
        async move { claim(&backend, "w").await }
    });
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert!(!claiming.is_finished());
    step.set(HOUR);
    let begin = tokio::time::Instant::now();
    let delivery = claiming.await.unwrap().remove(0);
    assert!(begin.elapsed() <= Duration::from_secs(10));
    assert_eq!(delivery.due, at);
    assert!(delivery.claimed >= at);
    assert!(backend.now().await.unwrap() >= at);
}

/// On 2026-03-29, the clocks in Berlin go from 2:00 to 3:00. A run at a time that does not exist is due at the first
/// time after the gap, also after a step of the wall clock.
#[tokio::test(start_paused = true)]
async fn a_timetable_follows_the_wall_clock_across_a_change_to_summer_time() {
    let micros = |text: &str| {
        let time: jiff::Timestamp = text.parse().unwrap();
        time.as_microsecond()
    };
    let real = crate::docket::model::time::Timestamp::from(std::time::SystemTime::now());
    let real = real.as_micros().cast_signed();
    let (step, directory) = (Step::default(), Directory::new());
    step.set(micros("2026-03-28T20:00:00Z") - real);
    let backend = step.open(&directory);
    let cron = crate::docket::policy::cron::Cron::parse("30 2 * * *", "Europe/Berlin").unwrap();
    let next = cron.next_after(backend.now().await.unwrap()).unwrap();
    let expected = micros("2026-03-29T01:00:00Z");
    assert_eq!(next.as_micros().cast_signed(), expected);
    submit(&backend, work("k").when(When::At(next))).await;
    // Set forward to one minute before it. The claim comes at 3:00 in Berlin.
    step.set(micros("2026-03-29T00:59:00Z") - real);
    let delivery = claim(&backend, "w").await.remove(0);
    let late = delivery.claimed.since(next);
    assert!(late < Duration::from_secs(11), "{late:?} late");
    assert!(delivery.claimed >= next);
    let following = cron.next_after(delivery.claimed).unwrap();
    let expected = micros("2026-03-30T00:30:00Z");
    assert_eq!(following.as_micros().cast_signed(), expected, "2:30 again");
}

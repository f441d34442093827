//! The state machine under every sequence of steps that a test can think of.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    FallDue,
    Wake,
    Claim,
    StaleClaim,
    Settle {
        ending: Ending,
        stale: bool,
        superseded: bool,
    },
    Lose {
        stale: bool,
        superseded: bool,
    },
    Cancel,
    Bury,
}

const MAX_DELIVERIES: u32 = 3;

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        any::<bool>().prop_map(|repeat| Ending::Completed { repeat }),
        Just(Ending::Failed(AfterFailure::Stand)),
        Just(Ending::Failed(AfterFailure::Retry)),
        Just(Ending::Failed(AfterFailure::Repeat)),
        Just(Ending::Snoozed),
        Just(Ending::Parked),
        Just(Ending::Cancelled),
        Just(Ending::HandedBack),
        Just(Ending::Buried),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let rarely = || prop::bool::weighted(0.2);
    prop_oneof![
        3 => Just(Step::FallDue),
        2 => Just(Step::Wake),
        4 => Just(Step::Claim),
        1 => Just(Step::StaleClaim),
        4 => (ending(), rarely(), rarely())
            .prop_map(|(ending, stale, superseded)| Step::Settle { ending, stale, superseded }),
        2 => (rarely(), rarely()).prop_map(|(stale, superseded)| Step::Lose { stale, superseded }),
        1 => Just(Step::Cancel),
        1 => Just(Step::Bury),
    ]
}

/// Applies the step; whether it was accepted.
fn apply(life: &mut Life, step: &Step) -> bool {
    let token = |stale: &bool| {
        if *stale {
            life.token().wrapping_sub(1)
        } else {
            life.token()
        }
    };
    match step {
        Step::FallDue => life.fall_due().is_ok(),
        Step::Wake => life.wake().is_ok(),
        Step::Claim => life.claim(life.token() + 1).is_ok(),
        Step::StaleClaim => life.claim(life.token()).is_ok(),
        Step::Settle {
            ending,
            stale,
            superseded,
        } => {
            let token = token(stale);
            life.settle(token, *ending, *superseded).is_ok()
        }
        Step::Lose { stale, superseded } => {
            let token = token(stale);
            life.lose(token, MAX_DELIVERIES, *superseded).is_ok()
        }
        Step::Cancel => life.cancel() != Cancelling::TooLate,
        Step::Bury => life.bury().is_ok(),
    }
}

fn is_legal(from: ExecutionState, to: ExecutionState) -> bool {
    use ExecutionState::{Cancelled, Dead, Queued, Running, Scheduled};
    match from {
        Scheduled => matches!(to, Queued | Cancelled),
        Queued => matches!(to, Running | Cancelled | Dead),
        Running => true,
        _ => false,
    }
}

proptest! {
    #[test]
    fn no_sequence_of_steps_leaves_the_rails(
        due in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut life = Life::begin(due);
        for step in steps {
            let before = life.clone();
            let accepted = apply(&mut life, &step);
            if !accepted {
                prop_assert_eq!(&life, &before, "a refused {:?} changed something", step);
                continue;
            }
            prop_assert!(!before.state().is_terminal(), "{:?} moved a terminal state", step);
            prop_assert!(life.token() >= before.token(), "tokens only rise");
            prop_assert!(life.attempt() >= 1);
            prop_assert!(life.delivery() <= MAX_DELIVERIES, "deliveries are bounded");
            if before.is_parked() {
                prop_assert!(
                    matches!(step, Step::Wake | Step::Cancel),
                    "{:?} moved what is parked", step
                );
            }
            prop_assert!(
                !life.is_parked() || life.state() == ExecutionState::Scheduled,
                "parked, and {:?}", life.state()
            );
            if life.state() != before.state() {
                prop_assert!(
                    is_legal(before.state(), life.state()),
                    "{:?} led from {:?} to {:?}", step, before.state(), life.state()
                );
            }
            if before.is_cancelling() {
                prop_assert!(
                    matches!(life.state(), ExecutionState::Running | ExecutionState::Cancelled),
                    "a run under cancellation became {:?}", life.state()
                );
            }
            if matches!(step, Step::Settle { stale: true, .. } | Step::Lose { stale: true, .. } | Step::StaleClaim) {
                prop_assert!(false, "{:?} was accepted", step);
            }
        }
    }

    #[test]
    fn a_life_that_is_always_run_and_lost_ends_dead(retries in 0_u32..5) {
        let mut life = Life::begin(true);
        for token in 1..=u64::from(retries) {
            life.claim(token).unwrap();
            life.settle(token, Ending::Failed(AfterFailure::Retry), false).unwrap();
            life.fall_due().unwrap();
        }
        for delivery in 1..=MAX_DELIVERIES {
            let token = life.token() + 1;
            life.claim(token).unwrap();
            prop_assert_eq!(life.delivery(), delivery, "deliveries are counted apart from attempts");
            prop_assert_eq!(life.attempt(), retries + 1);
            life.lose(token, MAX_DELIVERIES, false).unwrap();
        }
        prop_assert_eq!(life.state(), ExecutionState::Dead);
    }
}

#[test]
fn a_hand_back_is_no_delivery() {
    let mut life = Life::begin(true);
    for token in 1..100 {
        life.claim(token).unwrap();
        assert_eq!(life.delivery(), 1);
        assert_eq!(
            life.settle(token, Ending::HandedBack, false),
            Ok(ExecutionState::Queued)
        );
    }
}

#[test]
fn a_cancelled_run_that_swallows_the_cancel_stays_cancelled() {
    let mut life = Life::begin(true);
    life.claim(1).unwrap();
    assert_eq!(life.cancel(), Cancelling::Signalled);
    assert_eq!(
        life.state(),
        ExecutionState::Running,
        "not before it has stopped"
    );
    assert_eq!(
        life.settle(1, Ending::Completed { repeat: true }, false),
        Ok(ExecutionState::Cancelled)
    );
    assert_eq!(
        life.settle(1, Ending::Completed { repeat: false }, false),
        Err(Refused::Fenced)
    );
}

#[test]
fn what_is_superseded_does_not_run_again() {
    for (ending, end) in [
        (
            Ending::Completed { repeat: true },
            ExecutionState::Completed,
        ),
        (Ending::Failed(AfterFailure::Retry), ExecutionState::Failed),
        (Ending::Snoozed, ExecutionState::Cancelled),
        (Ending::Parked, ExecutionState::Cancelled),
        (Ending::HandedBack, ExecutionState::Cancelled),
    ] {
        let mut life = Life::begin(true);
        life.claim(1).unwrap();
        assert_eq!(life.settle(1, ending, true), Ok(end));
    }
}

#[test]
fn what_is_parked_waits_for_its_wake_and_counts_no_attempt() {
    let mut life = Life::begin(true);
    for token in 1..10 {
        life.claim(token).unwrap();
        assert_eq!(
            life.settle(token, Ending::Parked, false),
            Ok(ExecutionState::Scheduled)
        );
        assert_eq!(life.fall_due(), Err(Refused::Illegal), "it has no due time");
        assert_eq!((life.attempt(), life.delivery()), (1, 0));
        life.wake().unwrap();
        assert_eq!(life.wake(), Err(Refused::Illegal), "once is enough");
        assert_eq!(life.state(), ExecutionState::Queued);
    }
    life.claim(10).unwrap();
    life.cancel();
    assert_eq!(
        life.settle(10, Ending::Parked, false),
        Ok(ExecutionState::Cancelled),
        "a cancelled run does not park"
    );
}

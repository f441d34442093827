//! Random sequences of transitions keep the state machine's invariants.

use proptest::prelude::*;

use super::*;
use crate::docket::model::failure::Failure;

#[derive(Debug, Clone)]
enum Step {
    BecomeDue,
    Wake,
    Claim,
    StaleClaim,
    Settle {
        outcome: (Outcome, bool),
        stale: bool,
        superseded: bool,
    },
    LoseLease {
        stale: bool,
        superseded: bool,
    },
    Cancel,
    Kill,
}

const MAX_DELIVERIES: u32 = 3;

fn failed() -> Outcome {
    Outcome::Failed(Failure::error("failed"))
}

fn retry() -> Outcome {
    Outcome::Retry {
        after: None,
        failure: Failure::error("failed"),
    }
}

fn snooze() -> Outcome {
    Outcome::Snooze {
        after: std::time::Duration::ZERO,
    }
}

fn park() -> Outcome {
    Outcome::Park {
        note: bytes::Bytes::new(),
    }
}

/// An outcome, and whether the task is perpetual.
fn outcome() -> impl Strategy<Value = (Outcome, bool)> {
    let reason = String::new;
    let outcome = prop_oneof![
        Just(Outcome::done()),
        Just(failed()),
        Just(retry()),
        Just(snooze()),
        Just(park()),
        Just(Outcome::Discard { reason: reason() }),
        Just(Outcome::Release),
        Just(Outcome::UnknownTask),
        Just(Outcome::Undecodable { reason: reason() }),
    ];
    (outcome, any::<bool>())
}

fn step() -> impl Strategy<Value = Step> {
    let rarely = || prop::bool::weighted(0.2);
    prop_oneof![
        3 => Just(Step::BecomeDue),
        2 => Just(Step::Wake),
        4 => Just(Step::Claim),
        1 => Just(Step::StaleClaim),
        4 => (outcome(), rarely(), rarely())
            .prop_map(|(outcome, stale, superseded)| Step::Settle { outcome, stale, superseded }),
        2 => (rarely(), rarely()).prop_map(|(stale, superseded)| Step::LoseLease { stale, superseded }),
        1 => Just(Step::Cancel),
        1 => Just(Step::Kill),
    ]
}

/// Applies the step. Returns true if it was accepted.
fn apply(machine: &mut StateMachine, step: &Step) -> bool {
    let token = |stale: &bool| {
        if *stale {
            machine.token().wrapping_sub(1)
        } else {
            machine.token()
        }
    };
    match step {
        Step::BecomeDue => machine.become_due().is_ok(),
        Step::Wake => machine.wake().is_ok(),
        Step::Claim => machine.claim(machine.token() + 1).is_ok(),
        Step::StaleClaim => machine.claim(machine.token()).is_ok(),
        Step::Settle {
            outcome: (outcome, repeats),
            stale,
            superseded,
        } => {
            let token = token(stale);
            machine
                .settle(token, outcome, *repeats, *superseded)
                .is_ok()
        }
        Step::LoseLease { stale, superseded } => {
            let token = token(stale);
            machine
                .lose_lease(token, MAX_DELIVERIES, *superseded)
                .is_ok()
        }
        Step::Cancel => machine.cancel() != Cancelled::Unknown,
        Step::Kill => machine.kill().is_ok(),
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
    fn every_sequence_of_steps_keeps_the_invariants(
        due in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut machine = StateMachine::new(due);
        for step in steps {
            let before = machine.clone();
            let accepted = apply(&mut machine, &step);
            if !accepted {
                prop_assert_eq!(&machine, &before, "a refused {:?} changed something", step);
                continue;
            }
            prop_assert!(!before.state().is_terminal(), "{:?} moved a terminal state", step);
            prop_assert!(machine.token() >= before.token(), "tokens increase");
            prop_assert!(machine.attempt() >= 1);
            prop_assert!(machine.delivery() <= MAX_DELIVERIES, "deliveries are bounded");
            if before.is_parked() {
                prop_assert!(
                    matches!(step, Step::Wake | Step::Cancel),
                    "{:?} moved a parked execution", step
                );
            }
            prop_assert!(
                !machine.is_parked() || machine.state() == ExecutionState::Scheduled,
                "parked, and {:?}", machine.state()
            );
            if machine.state() != before.state() {
                prop_assert!(
                    is_legal(before.state(), machine.state()),
                    "{:?} led from {:?} to {:?}", step, before.state(), machine.state()
                );
            }
            if before.is_cancelling() {
                prop_assert!(
                    matches!(machine.state(), ExecutionState::Running | ExecutionState::Cancelled),
                    "a run under cancellation became {:?}", machine.state()
                );
            }
            if matches!(step, Step::Settle { stale: true, .. } | Step::LoseLease { stale: true, .. } | Step::StaleClaim) {
                prop_assert!(false, "{:?} was accepted", step);
            }
        }
    }

    #[test]
    fn an_execution_whose_workers_always_die_ends_dead(retries in 0_u32..5) {
        let mut machine = StateMachine::new(true);
        for token in 1..=u64::from(retries) {
            machine.claim(token).unwrap();
            machine.settle(token, &retry(), false, false).unwrap();
            machine.become_due().unwrap();
        }
        for delivery in 1..=MAX_DELIVERIES {
            let token = machine.token() + 1;
            machine.claim(token).unwrap();
            prop_assert_eq!(machine.delivery(), delivery, "deliveries and attempts are separate counts");
            prop_assert_eq!(machine.attempt(), retries + 1);
            machine.lose_lease(token, MAX_DELIVERIES, false).unwrap();
        }
        prop_assert_eq!(machine.state(), ExecutionState::Dead);
    }
}

#[test]
fn a_released_run_does_not_count_as_a_delivery() {
    let mut machine = StateMachine::new(true);
    for token in 1..100 {
        machine.claim(token).unwrap();
        assert_eq!(machine.delivery(), 1);
        assert_eq!(
            machine.settle(token, &Outcome::Release, false, false),
            Ok(ExecutionState::Queued)
        );
    }
}

#[test]
fn a_run_that_ignores_its_cancellation_ends_cancelled() {
    let mut machine = StateMachine::new(true);
    machine.claim(1).unwrap();
    assert_eq!(machine.cancel(), Cancelled::Signalled);
    assert_eq!(
        machine.state(),
        ExecutionState::Running,
        "it is cancelled only once it has stopped"
    );
    assert_eq!(
        machine.settle(1, &Outcome::done(), true, false),
        Ok(ExecutionState::Cancelled)
    );
    assert_eq!(
        machine.settle(1, &Outcome::done(), false, false),
        Err(TransitionError::Fenced)
    );
}

#[test]
fn a_superseded_execution_does_not_run_again() {
    for (outcome, end) in [
        (Outcome::done(), ExecutionState::Completed),
        (retry(), ExecutionState::Failed),
        (snooze(), ExecutionState::Cancelled),
        (park(), ExecutionState::Cancelled),
        (Outcome::Release, ExecutionState::Cancelled),
    ] {
        let mut machine = StateMachine::new(true);
        machine.claim(1).unwrap();
        assert_eq!(machine.settle(1, &outcome, true, true), Ok(end));
    }
}

#[test]
fn a_parked_execution_waits_to_be_woken_and_counts_no_attempt() {
    let mut machine = StateMachine::new(true);
    for token in 1..10 {
        machine.claim(token).unwrap();
        assert_eq!(
            machine.settle(token, &park(), false, false),
            Ok(ExecutionState::Scheduled)
        );
        assert_eq!(
            machine.become_due(),
            Err(TransitionError::Illegal),
            "it has no due time"
        );
        assert_eq!((machine.attempt(), machine.delivery()), (1, 0));
        machine.wake().unwrap();
        assert_eq!(
            machine.wake(),
            Err(TransitionError::Illegal),
            "it is not parked any more"
        );
        assert_eq!(machine.state(), ExecutionState::Queued);
    }
    machine.claim(10).unwrap();
    machine.cancel();
    assert_eq!(
        machine.settle(10, &park(), false, false),
        Ok(ExecutionState::Cancelled),
        "a cancelled run does not park"
    );
}

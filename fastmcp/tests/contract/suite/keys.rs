//! Keys and replacements.

use fastmcp::docket::backend::{Settled, Verdict};
use fastmcp::docket::{DocketError, ExecutionState, Failure, Key, Submission, WhileRunning};

use crate::stage::{
    Stage, TICK, claim, claim_one, claim_within_a_tick, completed, settle, submit, work,
};

pub(crate) async fn submitting_under_a_key_in_use_returns_the_existing_execution(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k").after(TICK)).await;
    assert!(!first.already_scheduled());

    let while_scheduled = submit(&docket, work("k")).await;
    assert!(while_scheduled.already_scheduled());
    assert_eq!(while_scheduled.id(), first.id());

    let run = claim_one(&docket, "w").await;
    let while_running = submit(&docket, work("k")).await;
    assert!(while_running.already_scheduled());
    assert_eq!(while_running.id(), first.id());

    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

pub(crate) async fn a_key_is_free_once_its_execution_has_ended(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    settle(&docket, run.hold, completed("1")).await;

    let second = submit(&docket, work("k")).await;
    assert!(!second.already_scheduled());
    assert_ne!(second.id(), first.id());
    let again = claim_one(&docket, "w").await;
    assert!(
        again.hold.token > run.hold.token,
        "tokens rise over the lives of a key"
    );
    settle(&docket, again.hold, completed("2")).await;

    assert_eq!(
        first.typed::<u8>().result().await,
        Ok(1),
        "the first result stays readable"
    );
    assert_eq!(second.typed::<u8>().result().await, Ok(2));
}

pub(crate) async fn a_replacement_replaces_a_waiting_execution(stage: &Stage) {
    let docket = stage.docket();
    for first in [work("k"), work("k").after(TICK)] {
        let first = submit(&docket, first).await;
        let second = Submission::new("work", "2")
            .key("k")
            .replace(WhileRunning::Queue);
        let second = submit(&docket, second).await;
        assert!(!second.already_scheduled());
        assert_eq!(first.state().await, Ok(ExecutionState::Cancelled));

        let run = claim_one(&docket, "w").await;
        assert_eq!(run.hold.id, second.id());
        assert_eq!(
            claim_within_a_tick(&docket, "w").await,
            None,
            "only one of them runs"
        );
        settle(&docket, run.hold, completed("2")).await;
        match first.result().await {
            Err(DocketError::Cancelled { reason, .. }) => {
                assert!(reason.contains("replaced"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) async fn a_replacement_of_a_running_key_waits_for_it(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let second = submit(&docket, work("k").replace(WhileRunning::Queue)).await;

    assert_eq!(
        claim_within_a_tick(&docket, "v").await,
        None,
        "never two runs of one key"
    );
    assert_eq!(docket.get("k").await.unwrap().unwrap().id(), first.id());
    settle(&docket, run.hold, completed("1")).await;

    let run = claim_one(&docket, "v").await;
    assert_eq!(run.hold.id, second.id());
    assert_eq!(docket.get("k").await.unwrap().unwrap().id(), second.id());
    assert_eq!(first.typed::<u8>().result().await, Ok(1));
}

pub(crate) async fn a_replacement_runs_before_a_retry(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let second = submit(&docket, work("k").replace(WhileRunning::Queue)).await;
    let retry = Verdict::Retry {
        failure: Failure::error("once more"),
        after: TICK,
    };
    assert_eq!(
        settle(&docket, run.hold, retry).await,
        Settled::Done(ExecutionState::Failed)
    );
    assert_eq!(claim_one(&docket, "w").await.hold.id, second.id());
    assert!(matches!(
        first.result().await,
        Err(DocketError::Failed { .. })
    ));
}

pub(crate) async fn a_replacement_can_cancel_the_running_execution(stage: &Stage) {
    let docket = stage.docket();
    let first = submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let second = submit(&docket, work("k").replace(WhileRunning::CancelPrevious)).await;

    let signals = docket.backend().signals(&"w".into()).await.unwrap();
    assert_eq!(signals, [run.hold]);
    assert_eq!(
        first.state().await,
        Ok(ExecutionState::Running),
        "not before it has stopped"
    );
    assert_eq!(claim_within_a_tick(&docket, "v").await, None);

    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(first.state().await, Ok(ExecutionState::Cancelled));
    assert_eq!(claim_one(&docket, "v").await.hold.id, second.id());
}

pub(crate) async fn a_replacement_can_be_refused(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let refused = docket
        .submit(work("k").replace(WhileRunning::Reject))
        .await
        .unwrap_err();
    assert_eq!(
        refused,
        DocketError::StillRunning {
            key: Key::from("k")
        }
    );
    settle(&docket, run.hold, completed("1")).await;
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

pub(crate) async fn the_last_of_several_replacements_runs(stage: &Stage) {
    let docket = stage.docket();
    submit(&docket, work("k")).await;
    let run = claim_one(&docket, "w").await;
    let second = submit(&docket, work("k").replace(WhileRunning::Queue)).await;
    let third = submit(&docket, work("k").replace(WhileRunning::Queue)).await;
    settle(&docket, run.hold, completed("1")).await;

    assert_eq!(second.state().await, Ok(ExecutionState::Cancelled));
    assert_eq!(claim_one(&docket, "w").await.hold.id, third.id());
    assert_eq!(docket.snapshot().await.unwrap().pending(), 1);
}

pub(crate) async fn any_string_can_be_a_key(stage: &Stage) {
    let docket = stage.docket();
    let longest = "k".repeat(Key::MAX_BYTES);
    let keys = [
        "stream", "workers", "runs", "a:b:c", "{}", "*", " ", "\n", "\u{0}", "日本", "null",
        &longest,
    ];
    for key in keys {
        submit(&docket, work(key)).await;
    }
    let runs = claim(&docket, "w", keys.len()).await;
    let claimed: Vec<&str> = runs.iter().map(|run| &*run.key).collect();
    assert_eq!(claimed, keys);
    for run in &runs {
        settle(&docket, run.hold, completed("true")).await;
    }
    for key in keys {
        let execution = docket.get(key).await.unwrap().unwrap();
        assert_eq!(execution.typed::<bool>().result().await, Ok(true));
    }
}

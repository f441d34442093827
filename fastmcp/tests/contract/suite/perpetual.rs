//! Perpetual and scheduled tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use fastmcp::docket::{
    Cron, ExecutionState, Failure, Handlers, Key, Outcome, Policy, Repeat, Retry, Submission,
    Timestamp, WhileRunning,
};
use tokio::sync::mpsc;

use crate::stage::{Stage, TICK, reaches, submit, work, worker, worker_of};

fn every_tick() -> Policy {
    Policy {
        repeat: Some(Repeat::Every(TICK)),
        ..Policy::default()
    }
}

pub(crate) async fn a_perpetual_task_runs_again_after_each_run(stage: &Stage) {
    let docket = stage.docket();
    let (ran, mut runs) = mpsc::unbounded_channel();
    let worker = worker(&docket, every_tick(), move |delivery| {
        let _ = ran.send((delivery.attempt(), Timestamp::from(delivery.due())));
        async { Outcome::done() }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_at_most([(Key::from("k"), 4)]).await.unwrap();
    assert_eq!(execution.state().await, Ok(ExecutionState::Completed));
    let mut due = Vec::new();
    while let Ok((attempt, time)) = runs.try_recv() {
        assert_eq!(attempt, 1, "each run begins with attempt 1");
        due.push(time);
    }
    assert_eq!(due.len(), 4);
    assert!(due.windows(2).all(|pair| pair[1].since(pair[0]) >= TICK));
}

pub(crate) async fn a_perpetual_task_continues_after_a_failure(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        retry: Retry::attempts(2),
        ..every_tick()
    };
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let worker = worker(&docket, policy, move |delivery| {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            if run < 4 {
                return Outcome::Failed(Failure::error("not yet"));
            }
            delivery.next_run().stop();
            Outcome::json(&delivery.attempt())
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(
        execution.typed::<u32>().result().await,
        Ok(1),
        "the attempts were reset"
    );
    assert_eq!(runs.load(Ordering::SeqCst), 5);
}

pub(crate) async fn a_perpetual_task_can_stop_itself(stage: &Stage) {
    let docket = stage.docket();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let worker = worker(&docket, every_tick(), move |delivery| {
        let run = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            if run == 3 {
                delivery.next_run().stop();
            }
            Outcome::json(&run)
        }
    });
    let execution = submit(&docket, work("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(execution.typed::<u32>().result().await, Ok(3));
}

pub(crate) async fn a_perpetual_task_can_change_its_payload_and_its_pace(stage: &Stage) {
    let docket = stage.docket();
    let worker = worker(&docket, every_tick(), |delivery| async move {
        let seen: u32 = serde_json::from_slice(delivery.payload()).unwrap();
        let next = delivery.next_run();
        if seen == 3 {
            next.stop();
        }
        next.payload((seen + 1).to_string());
        next.after(TICK * 10);
        Outcome::json(&seen)
    });
    let execution = submit(&docket, Submission::new("work", "1").key("k")).await;
    let began = execution.record().await.unwrap().submitted;
    worker.run_until_finished().await.unwrap();
    let record = execution.record().await.unwrap();
    assert_eq!(record.result.as_deref(), Some(&b"3"[..]));
    assert!(record.ended.unwrap().since(began) >= TICK * 20);
}

pub(crate) async fn a_cron_schedule_is_followed(stage: &Stage) {
    let docket = stage.docket();
    let policy = Policy {
        repeat: Some(Repeat::Cron(Cron::parse("* * * * * *", "UTC").unwrap())),
        ..Policy::default()
    };
    let (ran, mut runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new()
        .task("work", policy, move |delivery| {
            let _ = ran.send(Timestamp::from(delivery.due()));
            async { Outcome::done() }
        })
        .automatic(work("k"));
    let worker = worker_of(&docket, handlers, |builder| builder);
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut due = Vec::new();
    while due.len() < 3 {
        due.push(runs.recv().await.unwrap().as_micros());
    }
    call.abort();
    assert!(
        due.iter().all(|time| time % 1_000_000 == 0),
        "due on a full second: {due:?}"
    );
    assert!(due.windows(2).all(|pair| pair[1] > pair[0]));
}

pub(crate) async fn an_automatic_task_starts_with_the_worker(stage: &Stage) {
    let docket = stage.docket();
    let (ran, mut runs) = mpsc::unbounded_channel();
    for name in ["one", "two"] {
        let ran = ran.clone();
        let handlers = Handlers::new()
            .task("work", every_tick(), move |delivery| {
                let _ = ran.send(delivery.key().clone());
                async { Outcome::done() }
            })
            .automatic(work("heartbeat"));
        let worker = worker_of(&docket, handlers, |builder| builder.name(name));
        tokio::spawn(async move { worker.run_forever().await });
    }
    assert_eq!(runs.recv().await.unwrap(), "heartbeat");
    assert_eq!(
        docket.snapshot().await.unwrap().pending(),
        1,
        "both workers share one execution"
    );
}

pub(crate) async fn a_replacement_becomes_the_next_run(stage: &Stage) {
    let docket = stage.docket();
    let (ran, mut runs) = mpsc::unbounded_channel();
    let worker = worker(&docket, every_tick(), move |delivery| {
        let ran = ran.clone();
        async move {
            let _ = ran.send(delivery.payload().clone());
            if delivery.payload() == "1" {
                let other = Submission::new("work", "2")
                    .key("k")
                    .replace(WhileRunning::Queue);
                delivery.docket().submit(other).await.unwrap();
            } else {
                delivery.next_run().stop();
            }
            Outcome::done()
        }
    });
    let first = submit(&docket, Submission::new("work", "1").key("k")).await;
    worker.run_until_finished().await.unwrap();
    assert_eq!(first.state().await, Ok(ExecutionState::Completed));
    assert_eq!(runs.try_recv().unwrap(), "1");
    assert_eq!(runs.try_recv().unwrap(), "2");
    assert!(
        runs.try_recv().is_err(),
        "the replaced payload does not run again"
    );
}

pub(crate) async fn the_next_run_is_limited_to_the_longest_delay(stage: &Stage) {
    let docket = stage.docket();
    let century = Duration::from_hours(100 * 365 * 24);
    let worker = worker(&docket, Policy::default(), move |delivery| async move {
        let next = delivery.next_run();
        if delivery.payload() == "1" {
            next.at(SystemTime::now() + century);
        } else {
            next.after(century);
        }
        Outcome::done()
    });
    let mut executions = Vec::new();
    for payload in ["1", "2"] {
        executions.push(submit(&docket, Submission::new("work", payload)).await);
    }
    let call = tokio::spawn(async move { worker.run_forever().await });
    for execution in executions {
        reaches(&execution, ExecutionState::Scheduled).await;
        let due = execution.when().await.unwrap();
        assert!(due < SystemTime::now() + century / 9, "{due:?}");
    }
    call.abort();
}

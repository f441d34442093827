//! Automatic tasks: a starting worker submits them, and moves next runs whose timetable has changed. A running worker
//! submits tasks again that were cancelled or became dead letters.

use std::collections::HashSet;
use std::future::pending;

use tokio::time::sleep;

use crate::docket::backend::call::Target;
use crate::docket::error::BackendError;
use crate::docket::handler::Handler;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::When;
use crate::docket::policy::Repeat;
use crate::docket::worker::session::Shared;

/// Submits the automatic tasks of the handler, each unless its key is in use.
pub(crate) async fn submit(shared: &Shared, handler: &dyn Handler) {
    for submission in handler.automatic() {
        submit_one(shared, handler, submission).await;
    }
}

async fn submit_one(shared: &Shared, handler: &dyn Handler, mut submission: Submission) {
    let task = submission.task.clone();
    let repeat = handler
        .policy(&task)
        .and_then(|policy| policy.repeat.as_ref());
    if let Some(Repeat::Cron(cron)) = repeat
        && submission.when == When::Now
    {
        let Ok(now) = shared.docket.backend().now().await else {
            return;
        };
        match cron.next_after(now) {
            Some(next) => submission = submission.when(When::At(next)),
            None => return,
        }
    }
    submission.timetable = repeat.map(Repeat::timetable);
    match shared.docket.submit(submission).await {
        Ok(execution) if execution.already_scheduled() => {
            if let Some(repeat) = repeat
                && let Err(error) = follow(shared, execution.id(), repeat).await
            {
                tracing::error!(%task, %error, "cannot compare the timetable of an automatic task");
            }
        }
        Ok(_) => {}
        Err(error) => {
            tracing::error!(%task, %error, "cannot submit an automatic task");
        }
    }
}

/// Submits automatic tasks again that were cancelled or became dead letters. Runs until it is dropped.
///
/// Uses a timer, because a subscription to these executions would cost more: with a docket in a file, each change by
/// another process would wake this one. If several workers find such a task, one submits it, and the others find its
/// key in use.
pub(crate) async fn keep(shared: &Shared, handler: &dyn Handler) {
    let mut submissions = handler.automatic();
    submissions.retain(|submission| {
        let policy = handler.policy(&submission.task);
        policy.is_some_and(|policy| policy.repeat.is_some())
    });
    if submissions.is_empty() {
        return pending().await;
    }
    // The tasks that have stopped themselves. Their records expire, and they stay stopped.
    let mut stopped: HashSet<Key> = HashSet::new();
    loop {
        sleep(shared.options.automatic_check).await;
        for submission in &submissions {
            let Some(key) = &submission.key else {
                continue;
            };
            let Ok(record) = shared
                .docket
                .backend()
                .find(&Target::Key(key.clone()))
                .await
            else {
                continue;
            };
            let state = record.as_ref().map(|record| record.state);
            match state {
                Some(ExecutionState::Completed | ExecutionState::Failed) => {
                    stopped.insert(key.clone());
                }
                Some(ExecutionState::Cancelled | ExecutionState::Dead) | None => {
                    if state.is_none() && stopped.contains(key) {
                        continue;
                    }
                    let reason = record.and_then(|record| record.reason).unwrap_or_default();
                    tracing::warn!(
                        task = %submission.task,
                        reason,
                        "an automatic task has ended and is submitted again"
                    );
                    submit_one(shared, handler, submission.clone()).await;
                }
                Some(_) => {
                    stopped.remove(key);
                }
            }
        }
    }
}

/// Moves the next run of a task if another timetable has set it, such as that of an earlier program.
///
/// A due time that the body or a caller chose stays, as does a retry.
async fn follow(shared: &Shared, id: ExecutionId, repeat: &Repeat) -> Result<(), BackendError> {
    let backend = shared.docket.backend();
    let Some(record) = backend.find(&Target::Id(id)).await? else {
        return Ok(());
    };
    let own = repeat.timetable();
    let Some(stored) = record.timetable.filter(|stored| *stored != own) else {
        return Ok(());
    };
    if record.state != ExecutionState::Scheduled || record.attempt > 1 {
        return Ok(());
    }
    let now = backend.now().await?;
    let Some(due) = repeat.moved(&stored, record.due, now) else {
        return Ok(());
    };
    let moved = backend.reschedule(record.id, &stored, When::At(due), &own);
    if moved.await? {
        tracing::info!(
            task = %record.task,
            from = stored,
            to = own,
            next_run_in = ?due.since(now),
            "the timetable of an automatic task has changed: its next run was moved"
        );
    }
    Ok(())
}

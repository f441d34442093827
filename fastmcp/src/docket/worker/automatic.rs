//! Automatic tasks: a starting worker submits them, and moves next runs whose timetable has changed.

use crate::docket::backend::call::Target;
use crate::docket::error::BackendError;
use crate::docket::handler::Handler;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::When;
use crate::docket::policy::Repeat;
use crate::docket::worker::session::Shared;

/// Submits the automatic tasks of the handler, each unless its key is in use.
pub(crate) async fn submit(shared: &Shared, handler: &dyn Handler) {
    for mut submission in handler.automatic() {
        let task = submission.task.clone();
        let repeat = handler
            .policy(&task)
            .and_then(|policy| policy.repeat.as_ref());
        if let Some(Repeat::Cron(cron)) = repeat
            && submission.when == When::Now
        {
            let Ok(now) = shared.docket.backend().now().await else {
                continue;
            };
            match cron.next_after(now) {
                Some(next) => submission = submission.when(When::At(next)),
                None => continue,
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

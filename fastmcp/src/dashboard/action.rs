//! [`Request`]: a change of executions or of the docket that a caller asks for.

use serde::Deserialize;

use crate::dashboard::query::{Selector, View};
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::filter::{Changed, Filter};
use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;

/// The maximum number of executions that a request may list.
const MAX_IDS: usize = 1000;

/// A request for a change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// The number of the docket.
    #[serde(default)]
    pub(crate) docket: u64,
    action: Action,
    /// The numbers of the executions, as text.
    #[serde(default)]
    ids: Vec<String>,
    /// The executions, instead of their numbers.
    #[serde(default)]
    filter: Option<Selector>,
    #[serde(default)]
    task: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Retry,
    Cancel,
    Discard,
    /// Holds a task back.
    Strike,
    Restore,
    Pause,
    Resume,
}

impl Request {
    /// Returns what is wrong with the request.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.action {
            Action::Retry | Action::Cancel | Action::Discard => {
                if self.ids.is_empty() == self.filter.is_none() {
                    return Err("select executions with either `ids` or `filter`".to_owned());
                }
                if self.ids.len() > MAX_IDS {
                    return Err(format!("`ids` has more than {MAX_IDS} executions"));
                }
                if self.ids.iter().any(|id| id.parse::<u64>().is_err()) {
                    return Err("`ids` has a text that is not a number".to_owned());
                }
                let view = self.filter.as_ref().map(|filter| filter.view);
                let is_fit = match (self.action, view) {
                    (_, None | Some(View::All)) => true,
                    (Action::Cancel, Some(view)) => {
                        view.state().is_some_and(|state| !state.is_terminal())
                    }
                    (_, Some(view)) => view == View::Failed,
                };
                if is_fit {
                    return Ok(());
                }
                Err("`filter.view` has no executions that this action applies to".to_owned())
            }
            Action::Strike | Action::Restore => match self.task.as_deref() {
                Some(task) if !task.is_empty() && task.len() <= Name::MAX_BYTES => Ok(()),
                _ => Err("`task` is not the name of a task".to_owned()),
            },
            Action::Pause | Action::Resume => Ok(()),
        }
    }

    /// Returns the name of the action.
    pub(crate) fn action(&self) -> &'static str {
        match self.action {
            Action::Retry => "retry",
            Action::Cancel => "cancel",
            Action::Discard => "discard",
            Action::Strike => "hold back",
            Action::Restore => "release",
            Action::Pause => "pause",
            Action::Resume => "resume",
        }
    }

    /// Describes what the action applies to, for the log.
    pub(crate) fn what(&self) -> String {
        match (&self.filter, self.action) {
            (_, Action::Pause | Action::Resume) => "the docket".to_owned(),
            (_, Action::Strike | Action::Restore) => {
                format!("task {}", self.task.as_deref().unwrap_or_default())
            }
            (Some(filter), _) => filter.to_string(),
            (None, _) => match &*self.ids {
                [id] => format!("execution {id}"),
                [first, .., last] => {
                    format!("{} executions, {first} to {last}", self.ids.len())
                }
                [] => String::new(),
            },
        }
    }

    /// Makes the change. Returns the numbers of executions, if it changes some.
    pub(crate) async fn run(&self, docket: &Docket) -> Result<Option<Changed>, DocketError> {
        let task = self.task.clone().unwrap_or_default();
        match self.action {
            Action::Retry | Action::Cancel | Action::Discard => {
                let mut sum = Changed::default();
                for filter in self.filters() {
                    let changed = match self.action {
                        Action::Retry => docket.retry(&filter).await?,
                        _ => docket.discard(&filter).await?,
                    };
                    sum.changed += changed.changed;
                    // An execution that has ended or expired meanwhile was selected, too.
                    let is_one_without = filter.id.is_some() && changed == Changed::default();
                    sum.skipped += changed.skipped + usize::from(is_one_without);
                }
                return Ok(Some(sum));
            }
            Action::Strike => docket.strike(task).await?,
            Action::Restore => docket.restore(task).await?,
            Action::Pause => docket.pause().await?,
            Action::Resume => docket.resume().await?,
        }
        Ok(None)
    }

    /// Returns the filters of the executions, restricted to those that the action applies to.
    fn filters(&self) -> Vec<Filter> {
        let restricted = |filter: Filter, view: Option<View>| match self.action {
            Action::Cancel => match view.and_then(View::state) {
                Some(state) => filter.state(state),
                None => filter
                    .state(ExecutionState::Scheduled)
                    .state(ExecutionState::Queued)
                    .state(ExecutionState::Running),
            },
            _ => filter.dead_letters(),
        };
        match &self.filter {
            Some(selector) => vec![restricted(selector.within(), Some(selector.view))],
            None => {
                let ids = self.ids.iter().filter_map(|id| id.parse().ok());
                ids.map(|id| restricted(Filter::new().id(ExecutionId(id)), None))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str) -> Result<(), String> {
        let request: Request = serde_json::from_str(json).map_err(|error| error.to_string())?;
        request.check()
    }

    #[test]
    fn a_request_that_selects_nothing_or_too_much_is_refused() {
        for (json, problem) in [
            (r#"{"action":"retry","ids":["1"]}"#, None),
            (r#"{"action":"retry","filter":{"view":"failed"}}"#, None),
            (r#"{"action":"cancel","filter":{"view":"all"}}"#, None),
            (r#"{"action":"retry"}"#, Some("either `ids` or `filter`")),
            (
                r#"{"action":"retry","ids":["1"],"filter":{"view":"failed"}}"#,
                Some("either `ids` or `filter`"),
            ),
            (r#"{"action":"retry","ids":["x"]}"#, Some("not a number")),
            (
                r#"{"action":"cancel","filter":{"view":"failed"}}"#,
                Some("no executions that this action applies to"),
            ),
            (
                r#"{"action":"discard","filter":{"view":"queued"}}"#,
                Some("no executions that this action applies to"),
            ),
            (
                r#"{"action":"retry","filter":{"view":"failed","kye":"a"}}"#,
                Some("unknown field `kye`"),
            ),
            (r#"{"action":"strike"}"#, Some("`task`")),
            (r#"{"action":"purge","ids":["1"]}"#, Some("unknown variant")),
        ] {
            match (check(json), problem) {
                (Ok(()), None) => {}
                (Err(error), Some(problem)) => assert!(error.contains(problem), "{json}: {error}"),
                (result, _) => panic!("{json}: {result:?}"),
            }
        }
    }

    #[test]
    fn an_action_changes_only_executions_that_it_applies_to() {
        let filters = |json: &str| {
            let request: Request = serde_json::from_str(json).expect("a request");
            request.filters()
        };
        let cancel = filters(r#"{"action":"cancel","ids":["7"]}"#);
        assert_eq!(cancel[0].states.len(), 3);
        assert_eq!(cancel[0].id, Some(ExecutionId(7)));
        assert!(filters(r#"{"action":"discard","ids":["7"]}"#)[0].dead_letters);
        let retry =
            filters(r#"{"action":"retry","filter":{"view":"failed","task":"mail","key":"a"}}"#);
        assert!(retry[0].dead_letters && retry[0].key_prefix.as_deref() == Some("a"));
    }
}

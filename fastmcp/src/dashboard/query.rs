//! [`Selector`]: the executions that a page selects, and [`Query`]: the parameters of a request.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::docket::model::filter::Filter;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;

/// The lists of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum View {
    /// The dead letters.
    Failed,
    Running,
    Queued,
    Scheduled,
    Completed,
    Cancelled,
    All,
}

impl View {
    const NAMES: [(&str, Self); 7] = [
        ("failed", Self::Failed),
        ("running", Self::Running),
        ("queued", Self::Queued),
        ("scheduled", Self::Scheduled),
        ("completed", Self::Completed),
        ("cancelled", Self::Cancelled),
        ("all", Self::All),
    ];

    fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, view)| *view == self);
        found.map_or("all", |(name, _)| name)
    }

    /// Returns the state of the executions; `None` for dead letters, and for all.
    pub(crate) fn state(self) -> Option<ExecutionState> {
        match self {
            Self::Failed | Self::All => None,
            Self::Running => Some(ExecutionState::Running),
            Self::Queued => Some(ExecutionState::Queued),
            Self::Scheduled => Some(ExecutionState::Scheduled),
            Self::Completed => Some(ExecutionState::Completed),
            Self::Cancelled => Some(ExecutionState::Cancelled),
        }
    }
}

/// The executions that a page selects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selector {
    pub(crate) view: View,
    #[serde(default)]
    pub(crate) task: Option<String>,
    /// The key or its beginning.
    #[serde(default)]
    pub(crate) key: Option<String>,
}

impl Selector {
    /// Returns the filter of the list.
    pub(crate) fn filter(&self) -> Filter {
        let mut filter = self.within();
        match self.view.state() {
            Some(state) => filter = filter.state(state),
            None if self.view == View::Failed => filter = filter.dead_letters(),
            None => {}
        }
        filter
    }

    /// Returns the filter without the state.
    pub(crate) fn within(&self) -> Filter {
        let mut filter = Filter::new();
        if let Some(task) = self.task.as_deref().filter(|task| !task.is_empty()) {
            filter = filter.task(task.to_owned());
        }
        if let Some(key) = self.key.as_deref().filter(|key| !key.is_empty()) {
            filter = filter.key_prefix(key);
        }
        filter
    }

    /// Returns whether an execution with exactly the key is in the list.
    pub(crate) fn matches(&self, record: &Record) -> bool {
        let is_letter = matches!(record.state, ExecutionState::Failed | ExecutionState::Dead);
        let task = self.task.as_deref().filter(|task| !task.is_empty());
        task.is_none_or(|task| record.task == *task)
            && match self.view.state() {
                Some(state) => record.state == state,
                None => self.view == View::All || is_letter,
            }
    }
}

/// Describes the selection for the log of actions.
impl fmt::Display for Selector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "all {}", self.view.name())?;
        if let Some(task) = self.task.as_deref().filter(|task| !task.is_empty()) {
            write!(out, " of task {task}")?;
        }
        match self.key.as_deref().filter(|key| !key.is_empty()) {
            Some(key) => write!(out, " with keys from {key}"),
            None => Ok(()),
        }
    }
}

/// The parameters of a request.
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
        };
        let pairs = query.unwrap_or_default().split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self(pairs.collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns a number; 0 if it is missing. `Err` is the name of a parameter that is not a number.
    pub(crate) fn number<'n>(&self, name: &'n str) -> Result<Option<u64>, &'n str> {
        let number = self.get(name).map(str::parse).transpose();
        number.map_err(|_| name)
    }

    /// Returns the selection. `Err` is the name of the wrong parameter.
    pub(crate) fn selector(&self) -> Result<Selector, &'static str> {
        let name = self.get("view").unwrap_or("all");
        let found = View::NAMES.iter().find(|(known, _)| *known == name);
        let (_, view) = found.ok_or("view")?;
        Ok(Selector {
            view: *view,
            task: self.get("task").map(ToOwned::to_owned),
            key: self.get("key").map(ToOwned::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let query = Query::parse(Some("view=failed&key=a%2Fb+c%26&&task=&n=x"));
        assert_eq!(query.get("key"), Some("a/b c&"));
        assert_eq!(query.number("n"), Err("n"));
        assert_eq!(query.number("after"), Ok(None));
        let selector = query.selector().expect("a view");
        assert!(selector.filter().dead_letters);
        assert_eq!(selector.to_string(), "all failed with keys from a/b c&");
        assert_eq!(Query::parse(Some("view=x")).selector(), Err("view"));
    }
}

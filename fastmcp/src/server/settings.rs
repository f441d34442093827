//! Settings from the environment: code wins over `FASTMCP_*` variables, those over defaults.

use std::env;

/// A `FASTMCP_*` variable that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is `{value}`, which is not {expected}")]
#[non_exhaustive]
pub struct SettingError {
    /// The variable.
    pub variable: &'static str,
    /// What it is set to.
    pub value: String,
    /// What it may be set to.
    pub expected: &'static str,
}

/// Switches background work on; see [`FastMcp::docket`](crate::FastMcp::docket).
pub(crate) const ENABLE_DOCKET: &str = "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET";

#[cfg(any(feature = "stdio", feature = "http"))]
/// Which log messages go to standard error, such as `info` or `warn,my_crate=debug`.
pub(crate) const LOG_LEVEL: &str = "FASTMCP_LOG_LEVEL";

/// A variable that is `true` or `false`; `None` if it is unset or empty.
pub(crate) fn flag(variable: &'static str) -> Result<Option<bool>, SettingError> {
    match text(variable) {
        Some(value) => read_flag(variable, value).map(Some),
        None => Ok(None),
    }
}

/// A variable as text; `None` if it is unset or empty.
pub(crate) fn text(variable: &'static str) -> Option<String> {
    let value = env::var_os(variable)?.to_string_lossy().trim().to_owned();
    (!value.is_empty()).then_some(value)
}

fn read_flag(variable: &'static str, value: String) -> Result<bool, SettingError> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(SettingError {
            variable,
            value,
            expected: "`true` or `false`",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_true_or_false_and_nothing_else() {
        for (text, expected) in [("true", true), ("TRUE", true), ("1", true), ("off", false)] {
            assert_eq!(
                read_flag(ENABLE_DOCKET, text.into()),
                Ok(expected),
                "{text}"
            );
        }
        let error = read_flag(ENABLE_DOCKET, "maybe".into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET is `maybe`, which is not `true` or `false`"
        );
    }
}

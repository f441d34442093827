//! Settings from `FASTMCP_*` environment variables. Settings in code take precedence over them.

use std::env;
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

/// The error of a `FASTMCP_*` environment variable with an invalid value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} is `{value}`, which is not {expected}")]
#[non_exhaustive]
pub struct SettingError {
    /// The name of the variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// The expected kind of value.
    pub expected: &'static str,
}

/// Enables background work; see [`FastMcp::docket`](crate::FastMcp::docket).
pub(crate) const ENABLE_DOCKET: &str = "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET";

/// The location of the docket; see [`DocketBuilder::url`](crate::docket::DocketBuilder::url). It may
/// contain a password, so it must not be logged.
pub(crate) const DOCKET_URL: &str = "FASTMCP_DOCKET_URL";
const DOCKET_NAME: &str = "FASTMCP_DOCKET_NAME";
const WORKER_NAME: &str = "FASTMCP_DOCKET_WORKER_NAME";
const CONCURRENCY: &str = "FASTMCP_DOCKET_CONCURRENCY";
const REDELIVERY_TIMEOUT: &str = "FASTMCP_DOCKET_REDELIVERY_TIMEOUT";
const RECONNECTION_DELAY: &str = "FASTMCP_DOCKET_RECONNECTION_DELAY";
const ALLOW_EVICTION: &str = "FASTMCP_DOCKET_ALLOW_EVICTION";
const MAX_DELIVERIES: &str = "FASTMCP_DOCKET_MAX_DELIVERIES";

/// The settings of the docket and its worker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DocketSettings {
    /// `true` if background work is enabled; `None` if the variable is not set.
    pub(crate) enabled: Option<bool>,
    pub(crate) url: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) worker_name: Option<String>,
    pub(crate) concurrency: Option<usize>,
    pub(crate) redelivery_timeout: Option<Duration>,
    pub(crate) reconnection_delay: Option<Duration>,
    pub(crate) max_deliveries: Option<u32>,
    pub(crate) allow_eviction: Option<bool>,
}

impl DocketSettings {
    pub(crate) fn read() -> Result<Self, SettingError> {
        Ok(Self {
            enabled: flag(ENABLE_DOCKET)?,
            url: text(DOCKET_URL),
            name: text(DOCKET_NAME),
            worker_name: text(WORKER_NAME),
            concurrency: number(CONCURRENCY)?,
            redelivery_timeout: duration(REDELIVERY_TIMEOUT)?,
            reconnection_delay: duration(RECONNECTION_DELAY)?,
            max_deliveries: at_least_one(MAX_DELIVERIES)?,
            allow_eviction: flag(ALLOW_EVICTION)?,
        })
    }
}

/// Reads a variable that is a whole number; `None` if it is unset or empty.
fn number(variable: &'static str) -> Result<Option<usize>, SettingError> {
    let Some(value) = text(variable) else {
        return Ok(None);
    };
    value.parse().map(Some).map_err(|_| SettingError {
        variable,
        value,
        expected: "a whole number",
    })
}

fn at_least_one<T: FromStr + Display>(variable: &'static str) -> Result<Option<T>, SettingError> {
    let Some(value) = text(variable) else {
        return Ok(None);
    };
    match value.parse::<T>() {
        // Compare the text, because `T` may be any integer type.
        Ok(number) if number.to_string() != "0" => Ok(Some(number)),
        _ => Err(SettingError {
            variable,
            value,
            expected: "a whole number of at least 1",
        }),
    }
}

fn duration(variable: &'static str) -> Result<Option<Duration>, SettingError> {
    match text(variable) {
        Some(value) => parse_duration(variable, value).map(Some),
        None => Ok(None),
    }
}

/// Parses a number of seconds, or a duration with its unit.
fn parse_duration(variable: &'static str, value: String) -> Result<Duration, SettingError> {
    let seconds = value.parse::<f64>().ok();
    let duration = match seconds {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => value
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok()),
    };
    duration
        .filter(|duration| !duration.is_zero())
        .ok_or(SettingError {
            variable,
            value,
            expected: "a duration greater than zero, such as `300` (seconds), `250ms` or `5m`",
        })
}

/// Lets webhooks be on this machine; see [`EventOptions::allow_loopback`](crate::events::EventOptions::allow_loopback).
#[cfg(feature = "events")]
pub(crate) const EVENTS_ALLOW_LOOPBACK: &str = "FASTMCP_EVENTS_ALLOW_LOOPBACK";

/// Answers common requests without the protocol library; see [`FastMcp::fast_path`](crate::FastMcp::fast_path).
pub(crate) const FAST_PATH: &str = "FASTMCP_FAST_PATH";

/// The location of the store; see [`FastMcp::store`](crate::FastMcp::store). It may contain a password, so it must not
/// be logged.
pub(crate) const STORE_URL: &str = "FASTMCP_STORE_URL";

/// The filter of log messages on standard error, such as `info` or `warn,my_crate=debug`.
pub(crate) const LOG_LEVEL: &str = "FASTMCP_LOG_LEVEL";

/// The filter of log messages if the other variable is not set, as for most programs.
pub(crate) const RUST_LOG: &str = "RUST_LOG";

/// Reads a variable that is `true` or `false`; `None` if it is unset or empty.
pub(crate) fn flag(variable: &'static str) -> Result<Option<bool>, SettingError> {
    match text(variable) {
        Some(value) => parse_flag(variable, value).map(Some),
        None => Ok(None),
    }
}

/// Reads a variable as text; `None` if it is unset or empty.
pub(crate) fn text(variable: &'static str) -> Option<String> {
    let value = env::var_os(variable)?.to_string_lossy().trim().to_owned();
    (!value.is_empty()).then_some(value)
}

fn parse_flag(variable: &'static str, value: String) -> Result<bool, SettingError> {
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
    fn a_duration_is_seconds_or_has_a_unit() {
        for (text, millis) in [
            ("300", 300_000),
            ("0.25", 250),
            ("250ms", 250),
            ("5m", 300_000),
            ("PT1H", 3_600_000),
        ] {
            let duration = parse_duration(REDELIVERY_TIMEOUT, text.into());
            assert_eq!(duration, Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["0", "-1", "soon", "5 minutes ago", "inf", "NaN"] {
            let error = parse_duration(REDELIVERY_TIMEOUT, text.into()).unwrap_err();
            assert!(
                error
                    .to_string()
                    .starts_with("FASTMCP_DOCKET_REDELIVERY_TIMEOUT is `"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_flag_is_true_or_false() {
        for (text, expected) in [("true", true), ("TRUE", true), ("1", true), ("off", false)] {
            assert_eq!(
                parse_flag(ENABLE_DOCKET, text.into()),
                Ok(expected),
                "{text}"
            );
        }
        let error = parse_flag(ENABLE_DOCKET, "maybe".into()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "FASTMCP_EXPERIMENTAL_ENABLE_DOCKET is `maybe`, which is not `true` or `false`"
        );
    }
}

//! The check of a Redis server before a docket is used: its version, and that it evicts no keys.

use std::time::Duration;

use redis::Value;

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::process::Process;
use crate::docket::error::BackendError;

/// The oldest version that has all commands of the script.
const OLDEST_VERSION: (u32, u32) = (6, 2);

/// Checks the server of a docket. With `allow_eviction`, an eviction policy is a warning instead of an error.
pub(crate) async fn check_server(
    process: &Process,
    allow_eviction: bool,
) -> Result<(), BackendError> {
    match field(process, "server", "redis_version").await {
        Ok(Some(version)) if !is_supported(&version) => {
            return Err(BackendError::new(format!(
                "Redis is version {version}; a docket requires Redis 6.2 or later, or Valkey"
            )));
        }
        // Without a code there was no reply, so the server is not reachable.
        Err(error) if error.code().is_none() => return Err(error),
        // The version is new enough, or the user may not read it. The first step that needs a newer one fails.
        _ => {}
    }
    match eviction_policy(process).await? {
        Ok(policy) if policy == "noeviction" => Ok(()),
        Ok(policy) => {
            let problem = format!(
                "Redis has the `maxmemory-policy` `{policy}`, so it may delete executions that are waiting; set it to \
                 `noeviction` (`CONFIG SET maxmemory-policy noeviction`, or the parameter of your hosting service)"
            );
            if allow_eviction {
                tracing::warn!("{problem}");
                return Ok(());
            }
            Err(BackendError::new(format!(
                "{problem}, or allow it with `DocketBuilder::allow_eviction` or \
                 FASTMCP_DOCKET_ALLOW_EVICTION=true"
            )))
        }
        Err(reason) => {
            tracing::warn!(
                reason,
                "cannot read the `maxmemory-policy` of Redis; it must be `noeviction`, or waiting executions may be \
                 deleted"
            );
            Ok(())
        }
    }
}

/// Returns the eviction policy. The inner `Err` is the reason why the server does not show it, as some hosting services
/// hide these commands.
async fn eviction_policy(process: &Process) -> Result<Result<String, String>, BackendError> {
    let by_info = match field(process, "memory", "maxmemory_policy").await {
        Ok(Some(policy)) => return Ok(Ok(policy)),
        Ok(None) => "INFO does not contain it".to_owned(),
        Err(error) if error.code().is_none() => return Err(error),
        Err(error) => error.to_string(),
    };
    let mut command = redis::cmd("CONFIG");
    command.arg("GET").arg("maxmemory-policy");
    let answer = match process.commands.send(&command, Duration::ZERO).await {
        Ok(answer) => answer,
        Err(error) if error.code().is_none() => return Err(error),
        Err(_) => return Ok(Err(by_info)),
    };
    let policy = match answer {
        Value::Map(pairs) => pairs.into_iter().next().map(|(_, policy)| policy),
        other => codec::list(other)?.into_iter().nth(1),
    };
    match policy {
        Some(policy) => codec::text(policy).map(Ok),
        None => Ok(Err(by_info)),
    }
}

/// Reads one field of a section of `INFO`.
async fn field(
    process: &Process,
    section: &str,
    name: &str,
) -> Result<Option<String>, BackendError> {
    let mut command = redis::cmd("INFO");
    command.arg(section);
    let info = codec::text(process.commands.send(&command, Duration::ZERO).await?)?;
    Ok(info.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        (field == name).then(|| value.trim().to_owned())
    }))
}

/// Returns whether a version such as `7.0.15` is new enough. An unreadable one counts as new.
fn is_supported(version: &str) -> bool {
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= OLDEST_VERSION,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_before_6_2_are_refused() {
        for (version, expected) in [
            ("2.8.24", false),
            ("6.0.16", false),
            ("6.2.5", true),
            ("7.0.15", true),
            ("10.0", true),
            ("unknown", true),
        ] {
            assert_eq!(is_supported(version), expected, "{version}");
        }
    }
}

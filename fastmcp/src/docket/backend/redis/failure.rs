//! Classifies the errors of Redis by kind and code: how to recover from them, and what to tell the operator.

use redis::{ErrorKind, RedisError};

/// What a caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// Nothing: the same call would fail again.
    None,
    /// Send the same call again on the same connection.
    Retry,
    /// Connect again, then send the same call: this server is gone or no longer the primary, and another one may have
    /// taken over its address.
    Reconnect,
}

/// Returns the code of an error, its first word.
///
/// Redis 6.2 replaces the code of an error within a script by `ERR`, and appends the original text: `Error running script
/// (call to f_…): @user_script:82: @user_script: 82: -OOM command not allowed`.
pub(crate) fn code(error: &RedisError) -> Option<&str> {
    let code = error.code()?;
    let detail = error.detail().unwrap_or_default();
    let of_script = match code {
        "ERR" => detail.rsplit_once("@user_script:"),
        _ => None,
    };
    let Some((_, rest)) = of_script else {
        return Some(code);
    };
    let original = rest
        .trim_start_matches([' ', ':', '-'])
        .trim_start_matches(|letter: char| letter.is_ascii_digit())
        .trim_start_matches([' ', ':', '-']);
    let word = original.split(' ').next().unwrap_or_default();
    let is_code = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(if is_code { word } else { code })
}

/// Returns the recovery from an error.
pub(crate) fn recovery(error: &RedisError) -> Recovery {
    if error.is_io_error() || error.is_unrecoverable_error() {
        return Recovery::Reconnect;
    }
    match code(error) {
        // A demoted primary keeps its connections open. Behind a DNS name or a virtual IP, only a new connection reaches
        // its successor. `UNBLOCKED` ends the blocking reads of a server that is demoted.
        Some("READONLY" | "MASTERDOWN" | "LOADING" | "UNBLOCKED" | "CLUSTERDOWN") => {
            Recovery::Reconnect
        }
        Some("TRYAGAIN" | "BUSY" | "NOREPLICAS") => Recovery::Retry,
        _ => Recovery::None,
    }
}

/// Returns the advice that belongs to an error, to be appended to its message; empty if there is none.
pub(crate) fn advice(error: &RedisError) -> &'static str {
    if error.kind() == ErrorKind::AuthenticationFailed {
        return CREDENTIALS;
    }
    match code(error) {
        Some("OOM") => {
            "; Redis is out of memory (`maxmemory`): free memory or raise the limit. Executions that are already \
             stored still run"
        }
        Some("READONLY") => "; this is a read-only replica: use the address of the primary",
        Some("MASTERDOWN") => {
            "; this is a replica without its primary: use the address of the primary"
        }
        Some("LOADING") => "; Redis is still loading its data: wait until it has finished",
        Some("NOAUTH" | "WRONGPASS") => CREDENTIALS,
        Some("NOPERM") => {
            "; the user of the URL needs permission for all commands on the keys `{fastmcp:*`, and for scripts"
        }
        Some("WRONGTYPE") => {
            "; another program wrote to a key with the docket's prefix: find the key with `TYPE` and delete it"
        }
        Some("MOVED" | "ASK" | "CROSSSLOT") => {
            "; this cluster node does not hold the docket's keys: use the address of the node that does"
        }
        Some("MISCONF") => {
            "; Redis cannot write to its disk and refuses writes: read the log of Redis"
        }
        Some("NOREPLICAS") => {
            "; Redis has fewer replicas than `min-replicas-to-write` and refuses writes"
        }
        _ => "",
    }
}

const CREDENTIALS: &str =
    "; put the correct user and password into the URL: redis://user:password@host:port";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_an_error_in_a_script_is_found() {
        let f = "Error running script (call to f_7579f711f9565e15102b79374895ee9a2fbc6c4d): ";
        for (text, expected) in [
            (
                format!("{f}@user_script:82: @user_script: 82: -OOM command not allowed"),
                "OOM",
            ),
            (
                format!("{f}@user_script:5: WRONGTYPE Operation against a key"),
                "WRONGTYPE",
            ),
            (
                format!("{f}@user_script:5: user_script:5: attempt to index a nil value"),
                "ERR",
            ),
            ("unknown command".into(), "ERR"),
        ] {
            let line = format!("-ERR {text}\r\n");
            let answer =
                redis::parse_redis_value(line.as_bytes()).and_then(redis::Value::extract_error);
            assert_eq!(code(&answer.unwrap_err()), Some(expected), "{text}");
        }
    }
}

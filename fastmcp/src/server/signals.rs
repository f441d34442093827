//! The signals that stop a program.

use std::sync::Once;

#[cfg(feature = "http")]
use tokio_util::sync::CancellationToken;

/// The ID of the process whose end of the standard input stops a server over HTTP. Servers over standard input and
/// output always stop then. It is the ID of the parent, so that it has no effect on programs that the server starts.
#[cfg(feature = "http")]
pub(crate) const STOP_WITH_STDIN_OF: &str = "FASTMCP_STOP_WITH_STDIN_OF";

/// Returns on the first `SIGINT` (control-C), `SIGTERM` or `SIGHUP`. The next one ends the process at
/// once, also if handlers block all threads.
///
/// If a signal handler cannot be installed, never returns for that signal: a server must not stop
/// because of it.
pub(crate) async fn stop_requested() {
    static SECOND_SIGNAL: Once = Once::new();
    SECOND_SIGNAL.call_once(end_on_second_signal);
    #[cfg(unix)]
    {
        use tokio::signal::unix::SignalKind;

        let hangup = async {
            if hangup_is_ignored() {
                std::future::pending::<()>().await;
            }
            received(SignalKind::hangup(), "SIGHUP").await;
        };
        tokio::select! {
            () = received(SignalKind::interrupt(), "SIGINT") => {}
            () = received(SignalKind::terminate(), "SIGTERM") => {}
            () = hangup => {}
        }
    }
    #[cfg(not(unix))]
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "cannot listen for control-C");
        std::future::pending::<()>().await;
    }
}

/// Returns like [`stop_requested`], and also when standard input ends if [`STOP_WITH_STDIN_OF`] asks for it.
#[cfg(feature = "http")]
pub(crate) async fn stop_of_http_requested() {
    tokio::select! {
        () = stop_requested() => {}
        () = input_ended() => {}
    }
}

#[cfg(feature = "http")]
async fn input_ended() {
    use std::sync::LazyLock;

    static ENDED: LazyLock<Option<CancellationToken>> = LazyLock::new(|| {
        let parent = crate::server::settings::text(STOP_WITH_STDIN_OF)?;
        #[cfg(unix)]
        if parent != std::os::unix::process::parent_id().to_string() {
            return None;
        }
        let _ = parent;
        let ended = CancellationToken::new();
        let reader = ended.clone();
        // A thread, because a read of standard input cannot be cancelled, and the runtime would wait for it.
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            reader.cancel();
        });
        Some(ended)
    });
    match &*ENDED {
        Some(ended) => ended.cancelled().await,
        None => std::future::pending().await,
    }
}

#[cfg(unix)]
async fn received(kind: tokio::signal::unix::SignalKind, name: &'static str) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut signal) => {
            signal.recv().await;
            tracing::info!("stopping because of {name}");
        }
        Err(error) => {
            tracing::warn!(%error, "cannot listen for {name}");
            std::future::pending::<()>().await;
        }
    }
}

/// Restores the default action of the signals after the first one. The handlers run inside the
/// signal, so they need no thread of the runtime.
#[cfg(unix)]
fn end_on_second_signal() {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;

    let stopping = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        if signal == SIGHUP && hangup_is_ignored() {
            continue;
        }
        // Actions run in this order: the first signal finds the flag unset, and sets it.
        let registered = flag::register_conditional_default(signal, Arc::clone(&stopping))
            .and_then(|_| flag::register(signal, Arc::clone(&stopping)));
        if let Err(error) = registered {
            tracing::warn!(%error, signal, "a second signal will not end the process at once");
        }
    }
}

#[cfg(not(unix))]
fn end_on_second_signal() {}

/// Returns whether the parent process ignores `SIGHUP` for this one, as `nohup` does.
#[cfg(unix)]
fn hangup_is_ignored() -> bool {
    use std::sync::LazyLock;

    // Read once, before a handler is installed.
    static IGNORED: LazyLock<bool> = LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // The lowest bit is signal 1, which is SIGHUP.
        mask.is_some_and(|mask| mask & 1 == 1)
    });
    *IGNORED
}

//! Sends the state of a docket to the pages that look at it, and nothing while none does.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::dashboard::panel::Panel;
use crate::dashboard::state::{Sample, State};

/// The time between two looks at the docket.
const EVERY: Duration = Duration::from_secs(1);

/// The time after which the whole state is sent, even if it has not changed.
const REPEATED_EVERY: Duration = Duration::from_secs(10);

/// The time that the store of a docket has to respond.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// A message to the pages.
#[derive(Serialize)]
struct Message<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// Returns the messages for one more page; `None` if too many look already. They end when `stop` is cancelled, and when
/// the page is too slow.
pub(crate) fn open(panel: &Arc<Panel>, stop: &CancellationToken) -> Option<mpsc::Receiver<Bytes>> {
    let (receiver, was_idle) = panel.live.join()?;
    if was_idle {
        let running = Running {
            panel: Arc::clone(panel),
            is_over: false,
        };
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = running.run() => {}
                () = stop.cancelled() => {}
            }
        });
    }
    Some(receiver)
}

/// The loop that looks at the docket. Pages are disconnected when it ends in any way.
struct Running {
    panel: Arc<Panel>,
    /// `true` if it has ended because no page looks.
    is_over: bool,
}

impl Running {
    async fn run(mut self) {
        let panel = Arc::clone(&self.panel);
        let live = &panel.live;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sent: Option<(State, Instant)> = None;
        loop {
            ticks.tick().await;
            let has_new = live.take_new();
            let message = match timeout(READ_TIMEOUT, panel.read()).await {
                Ok(Ok((state, sample))) => {
                    live.add(sample);
                    let is_known = sent.as_ref().is_some_and(|(last, at)| {
                        !has_new && at.elapsed() < REPEATED_EVERY && last.is_like(&state)
                    });
                    if !is_known {
                        sent = Some((state, Instant::now()));
                    }
                    json(&Message {
                        state: sent.as_ref().filter(|_| !is_known).map(|(state, _)| state),
                        sample: Some(sample),
                        error: None,
                    })
                }
                Ok(Err(error)) => json(&Message {
                    state: None,
                    sample: None,
                    error: Some(panel.failed(&error)),
                }),
                Err(_) => json(&Message {
                    state: None,
                    sample: None,
                    error: Some("the docket's store does not respond"),
                }),
            };
            if !live.send(&message) {
                self.is_over = true;
                return;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Another loop may already run.
        if !self.is_over {
            self.panel.live.close();
        }
    }
}

fn json(message: &Message<'_>) -> String {
    // It consists of texts, numbers and flags, which can always be written.
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::live::AHEAD;
    use crate::docket::handle::Docket;

    fn panel() -> Arc<Panel> {
        Arc::new(Panel::new(Docket::memory("jobs"), None))
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_does_not_read_is_disconnected() {
        let (panel, stop) = (panel(), CancellationToken::new());
        let mut slow = open(&panel, &stop).expect("a place");
        let mut quick = open(&panel, &stop).expect("a place");
        for _ in 0..10 {
            quick.recv().await.expect("a message");
        }
        let mut left = 0;
        while slow.recv().await.is_some() {
            left += 1;
        }
        assert_eq!(left, AHEAD, "then its stream ends");
        quick.recv().await.expect("the other page goes on");
    }

    #[tokio::test(start_paused = true)]
    async fn the_loop_ends_with_the_last_page_and_with_the_server() {
        let (panel, stop) = (panel(), CancellationToken::new());
        let mut first = open(&panel, &stop).expect("a place");
        first.recv().await.expect("a message");
        drop(first);
        tokio::time::sleep(2 * EVERY).await;
        assert!(!panel.live.runs());
        let mut next = open(&panel, &stop).expect("a place");
        next.recv().await.expect("the loop runs again");
        stop.cancel();
        while next.recv().await.is_some() {}
        assert!(!panel.live.runs());
    }

    #[tokio::test(start_paused = true)]
    async fn the_state_is_sent_once_until_it_changes() {
        let (panel, stop) = (panel(), CancellationToken::new());
        let mut messages = open(&panel, &stop).expect("a place");
        let mut states = 0;
        for _ in 0..30 {
            let message = messages.recv().await.expect("a message");
            states += usize::from(message.starts_with(b"data: {\"state\""));
        }
        // In 30 seconds, once every ten.
        assert_eq!(states, 3);
    }
}

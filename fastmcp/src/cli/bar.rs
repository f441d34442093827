//! [`Bar`]: the progress of a call or an execution, on a terminal.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::cli::safe_text;
use crate::cli::table::cut;
use crate::cli::terminal::{Screen, Style};

/// The columns between the brackets.
const WIDTH: usize = 30;

/// A progress bar on standard error. Without a terminal, it shows nothing.
#[derive(Debug)]
pub(crate) struct Bar {
    screen: Screen,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    drawn: String,
    is_hidden: bool,
}

impl Bar {
    pub(crate) fn new() -> Self {
        Self {
            screen: Screen::stderr(),
            state: Mutex::default(),
        }
    }

    /// Shows the progress. Without a total, it shows the number alone.
    pub(crate) fn show(&self, label: &str, done: f64, total: Option<f64>, message: Option<&str>) {
        let message = safe_text::line(message.unwrap_or_default());
        let label = safe_text::line(label);
        let line = match total.filter(|total| *total > 0.0) {
            Some(total) => {
                let bar = gauge(done / total);
                format!("{label} [{bar}] {done}/{total} {message}")
            }
            None if done > 0.0 => format!("{label} {done} {message}"),
            None => format!("{label} {message}"),
        };
        self.draw(&line);
    }

    fn draw(&self, line: &str) {
        if !self.screen.is_terminal {
            return;
        }
        // A line that is as wide as the terminal would wrap, and could not be replaced.
        let line = cut(line.trim_end(), self.screen.width - 1);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.is_hidden || line == state.drawn {
            return;
        }
        let painted = self.screen.paint(Style::Name, &line);
        let mut err = io::stderr().lock();
        let _ = write!(err, "\r\x1b[K{painted}");
        let _ = err.flush();
        state.drawn = line;
    }

    /// Removes the bar while a question is asked, or for good.
    pub(crate) fn hide(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_hidden = true;
        if !std::mem::take(&mut state.drawn).is_empty() {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r\x1b[K");
            let _ = err.flush();
        }
    }

    /// Shows the bar again, with the next progress.
    pub(crate) fn resume(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.is_hidden = false;
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.hide();
    }
}

/// Returns a gauge that is filled to this fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "for display only"
)]
fn gauge(fraction: f64) -> String {
    let full = (fraction.clamp(0.0, 1.0) * WIDTH as f64).round() as usize;
    let full = full.min(WIDTH);
    "#".repeat(full) + &".".repeat(WIDTH - full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_is_never_wider_than_its_frame() {
        for (fraction, full) in [(0.0, 0), (0.5, 15), (1.0, 30), (7.0, 30), (-1.0, 0)] {
            let gauge = gauge(fraction);
            assert_eq!(gauge.matches('#').count(), full);
            assert_eq!(gauge.len(), WIDTH);
        }
        assert_eq!(gauge(f64::NAN).len(), WIDTH);
    }
}

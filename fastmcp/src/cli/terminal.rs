//! [`Screen`]: what the output of the program can show: colours and its width, if it is a terminal.

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::cli::failure::{CommandResult, Failure};

/// The width of lines if the output is not a terminal.
const DEFAULT_WIDTH: usize = 100;

/// The properties of standard output or standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) is_terminal: bool,
    has_colours: bool,
    /// The number of columns.
    pub(crate) width: usize,
}

/// The meaning of text, which its colour shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Heading,
    Name,
    Faint,
    Good,
    Warning,
    Bad,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Heading => "1",
            Self::Name => "36",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Warning => "33",
            Self::Bad => "31",
        }
    }
}

impl Screen {
    pub(crate) fn stdout() -> Self {
        let size = terminal_size::terminal_size_of(io::stdout());
        Self::new(io::stdout().is_terminal(), size)
    }

    pub(crate) fn stderr() -> Self {
        let size = terminal_size::terminal_size_of(io::stderr());
        Self::new(io::stderr().is_terminal(), size)
    }

    fn new(is_terminal: bool, size: Option<(terminal_size::Width, terminal_size::Height)>) -> Self {
        // https://no-color.org, and a terminal that has no commands.
        let refuses = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty())
            || env::var_os("TERM").is_some_and(|it| it == "dumb");
        let width = size.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        Self {
            is_terminal,
            has_colours: is_terminal && !refuses,
            width: width.max(40),
        }
    }

    /// Returns text in the colour of a style.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.has_colours || style == Style::Plain || text.is_empty() {
            return text.to_owned();
        }
        format!("\x1b[{}m{text}\x1b[0m", style.code())
    }
}

/// Writes text to standard output.
pub(crate) fn print(text: &str) -> CommandResult {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        // The reader, such as `head`, has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::shown()),
        Err(error) => Err(Failure::unavailable(format!("cannot write: {error}"))),
    }
}

/// Writes a line to standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

//! [`Takeover`]: keeps standard input and output for the transport.
//!
//! A line that a tool, a C library or a child process prints would stand between two messages, and a
//! child process that outlives the server would keep the client's end of the output open. So the
//! transport gets private copies, and the standard descriptors point elsewhere: output to standard
//! error, input to the null device.

#[cfg(not(unix))]
pub(crate) use self::other::{Input, Output, Takeover};
#[cfg(unix)]
pub(crate) use self::unix::{Input, Output, Takeover};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::AsFd;

    use rustix::stdio::{dup2_stdin, dup2_stdout};

    pub(crate) type Input = File;
    pub(crate) type Output = File;

    /// The original standard input and output. Dropping it restores them.
    #[derive(Debug)]
    pub(crate) struct Takeover {
        input: File,
        output: File,
    }

    impl Takeover {
        pub(crate) fn new() -> io::Result<Self> {
            // What the program has printed before belongs to the original output.
            io::stdout().flush()?;
            // Copies are closed on exec, so that child processes get none.
            let input = io::stdin().as_fd().try_clone_to_owned()?.into();
            let output = io::stdout().as_fd().try_clone_to_owned()?.into();
            let takeover = Self { input, output };
            dup2_stdin(File::open("/dev/null")?)?;
            dup2_stdout(io::stderr())?;
            Ok(takeover)
        }

        /// Returns the streams of the client.
        pub(crate) fn streams(&self) -> io::Result<(Input, Output)> {
            Ok((self.input.try_clone()?, self.output.try_clone()?))
        }
    }

    impl Drop for Takeover {
        fn drop(&mut self) {
            // What was printed while serving belongs to standard error.
            let _ = io::stdout().flush();
            let restored = dup2_stdin(&self.input).and_then(|()| dup2_stdout(&self.output));
            if let Err(error) = restored {
                tracing::error!(%error, "cannot restore standard input and output");
            }
        }
    }
}

/// Without descriptors, the transport shares the standard streams with the rest of the process.
#[cfg(not(unix))]
mod other {
    use std::io;

    pub(crate) type Input = io::Stdin;
    pub(crate) type Output = io::Stdout;

    #[derive(Debug)]
    pub(crate) struct Takeover;

    impl Takeover {
        #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        #[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
        pub(crate) fn streams(&self) -> io::Result<(Input, Output)> {
            Ok((io::stdin(), io::stdout()))
        }
    }
}

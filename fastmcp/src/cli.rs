//! The command line of a server: [`FastMcp::cli`].
//!
//! The guide [`command_line`](crate::guide::command_line) shows each command with its output.

mod arguments;
mod bar;
mod call;
mod catalog;
mod check;
mod commands;
#[cfg(feature = "dev")]
mod dev;
mod docket;
mod failure;
mod inspect;
mod install;
mod list;
mod question;
mod result;
mod safe_text;
mod table;
mod target;
mod terminal;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::cli::commands::{Arguments, Command, Serve};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::terminal::{Screen, Style, note, print};
use crate::error::Result;
use crate::server::builder::FastMcp;
use crate::server::logging::log_errors_to_stderr;

/// The crate of command lines, in the version that this crate uses.
pub use clap;

type Run = Box<dyn FnOnce(FastMcp, ArgMatches) -> BoxFuture<'static, Result<()>> + Send>;

/// A command of the program itself.
struct OwnCommand {
    command: clap::Command,
    run: Run,
}

/// The command line of a server. [`FastMcp::cli`] creates it, and `.await` runs it.
#[must_use = "a command line does nothing until it is awaited"]
pub struct Cli {
    server: FastMcp,
    own: Vec<OwnCommand>,
    words: Vec<OsString>,
}

impl FastMcp {
    /// Returns the command line of the server, which reads the arguments of the program.
    ///
    /// Without arguments, the program serves standard input and output, as hosts expect it. `--help` lists the
    /// commands; the guide [`command_line`](crate::guide::command_line) explains them.
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    ///
    /// use fastmcp::prelude::*;
    ///
    /// /// Adds two numbers.
    /// #[tool]
    /// async fn add(a: f64, b: f64) -> f64 {
    ///     a + b
    /// }
    ///
    /// #[tokio::main]
    /// async fn main() -> ExitCode {
    ///     FastMcp::new("calculator").cli().await
    /// }
    /// ```
    ///
    /// ```console
    /// $ calculator call add a=1 b=2
    /// 3.0
    /// ```
    pub fn cli(self) -> Cli {
        Cli {
            server: self,
            own: Vec::new(),
            words: std::env::args_os().collect(),
        }
    }
}

impl Cli {
    /// Adds a command of the program. It appears in the help and in the completions of shells.
    ///
    /// `run` gets the server and the arguments of the command. Its error is printed, and the exit code is then 1.
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    ///
    /// use fastmcp::cli::clap::{Arg, Command};
    /// use fastmcp::prelude::*;
    ///
    /// #[tokio::main]
    /// async fn main() -> ExitCode {
    ///     let import = Command::new("import")
    ///         .about("Imports a file")
    ///         .arg(Arg::new("file").required(true));
    ///     FastMcp::new("archive")
    ///         .cli()
    ///         .command(import, |_server, matches| async move {
    ///             let file: &String = matches.get_one("file").expect("clap requires it");
    ///             println!("importing {file}");
    ///             Ok(())
    ///         })
    ///         .await
    /// }
    /// ```
    pub fn command<F, R>(mut self, command: clap::Command, run: F) -> Self
    where
        F: FnOnce(FastMcp, ArgMatches) -> R + Send + 'static,
        R: Future<Output = Result<()>> + Send + 'static,
    {
        let run: Run = Box::new(move |server, matches| run(server, matches).boxed());
        self.own.push(OwnCommand { command, run });
        self
    }

    /// Sets the arguments, instead of those of the program. The first is the name of the program.
    pub fn arguments<I>(mut self, words: I) -> Self
    where
        I: IntoIterator<Item: Into<OsString>>,
    {
        self.words = words.into_iter().map(Into::into).collect();
        self
    }

    /// Returns the commands and options, for example to write a manual page.
    ///
    /// ```
    /// let command = fastmcp::FastMcp::new("calculator").cli().arguments(["calculator"]).to_command();
    /// assert!(command.find_subcommand("call").is_some());
    /// ```
    #[must_use]
    pub fn to_command(&self) -> clap::Command {
        let identity = &self.server.0.identity;
        let program = self.words.first().map(Path::new);
        let name = program.and_then(Path::file_stem);
        let name = name.map_or_else(
            || identity.name.to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let about = match &identity.title {
            Some(title) => format!("{title}: an MCP server"),
            None => format!("The MCP server {}", identity.name),
        };
        let mut command = Arguments::command()
            .name(name.clone())
            .bin_name(name)
            .version(identity.version.clone())
            .about(about);
        for own in &self.own {
            command = command.subcommand(own.command.clone());
        }
        command
    }

    async fn run(self) -> ExitCode {
        let mut command = self.to_command();
        let matches = match command.try_get_matches_from_mut(&self.words) {
            Ok(matches) => matches,
            Err(error) => {
                // Also for `--help`, whose exit code is 0. A closed output is not an error.
                let _ = error.print();
                return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
            }
        };
        match self.dispatch(matches, command).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                if !failure.message.is_empty() {
                    let mark = Screen::stderr().paint(Style::Bad, "error");
                    note(&format!("{mark}: {}", safe_text::lines(&failure.message)));
                }
                ExitCode::from(failure.code as u8)
            }
        }
    }

    async fn dispatch(self, matches: ArgMatches, command: clap::Command) -> CommandResult {
        let Self { server, own, .. } = self;
        if let Some((name, matches)) = matches.subcommand() {
            let mut own = own.into_iter();
            if let Some(own) = own.find(|own| own.command.get_name() == name) {
                let ran = (own.run)(server, matches.clone()).await;
                return ran.map_err(|error| Failure::negative(format!("{error:#}")));
            }
        }
        let arguments = Arguments::from_arg_matches(&matches);
        let arguments = arguments.map_err(|error| Failure::usage(error.to_string()))?;
        match arguments.command {
            None => {
                if io::stdin().is_terminal() {
                    let name = command.get_name();
                    note(&format!(
                        "waiting for MCP messages on standard input; `{name} --help` lists the commands"
                    ));
                }
                serve(server, Serve::default()).await
            }
            Some(Command::Serve(options)) => serve(server, options).await,
            Some(Command::Worker) => Ok(server.run_worker().await?),
            #[cfg(feature = "dev")]
            Some(Command::Dev(options)) => dev::run(options).await,
            Some(Command::List(options)) => list::run(server, options).await,
            Some(Command::Inspect(options)) => inspect::run(server, options).await,
            Some(Command::Check(options)) => check::run(server, &options),
            Some(Command::Call(options)) => {
                let _log = log_errors_to_stderr();
                call::run(server, options).await
            }
            Some(Command::Docket(command)) => {
                let _log = log_errors_to_stderr();
                docket::run(server, command).await
            }
            Some(Command::Install(command)) => install::run(server, command),
            Some(Command::Completions { shell }) => completions(command, shell),
        }
    }
}

async fn serve(server: FastMcp, options: Serve) -> CommandResult {
    #[cfg(feature = "dashboard")]
    let server = if options.dashboard {
        server.dashboard("/dashboard", |dashboard| dashboard)
    } else {
        server
    };
    match options.http {
        Some(address) => server.run_http(address).await?,
        None => server.run().await?,
    }
    Ok(())
}

fn completions(mut command: clap::Command, shell: clap_complete::Shell) -> CommandResult {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print(&String::from_utf8_lossy(&script))
}

impl IntoFuture for Cli {
    type Output = ExitCode;
    type IntoFuture = BoxFuture<'static, ExitCode>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

impl fmt::Debug for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cli")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

//! The commands and options of the command line.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::cli::docket::commands::DocketCommand;
use crate::cli::install::commands::Install;

/// The codes that `--help` explains.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
    0  success
    1  a negative answer: the tool returned an error, there are lints, the execution failed
    2  invalid arguments
    3  the server, its docket or a file cannot be used
  130  interrupted";

#[derive(Debug, Parser)]
#[command(after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves MCP on standard input and output, or over HTTP; the default
    Serve(Serve),
    /// Runs the tasks of a shared docket, and serves no clients
    Worker,
    /// Serves, and replaces the server when its source changes, while clients stay connected
    #[cfg(feature = "dev")]
    Dev(Dev),
    /// Lists tools, resources and prompts
    List(List),
    /// Shows components with their schemas, tokens, dependencies and places in the source
    Inspect(Inspect),
    /// Checks the server without starting it; the exit code is 1 if there are lints or errors
    Check(Check),
    /// Calls a tool, gets a prompt or reads a resource
    Call(Call),
    /// Shows and changes the docket: the queue of background work
    #[command(subcommand)]
    Docket(DocketCommand),
    /// Adds the server to a host of models, or writes a package of it
    #[command(subcommand)]
    Install(Install),
    /// Prints the completions of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Default, Args)]
pub(crate) struct Serve {
    /// Serves HTTP at this address, such as 127.0.0.1:8000, under the path /mcp
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<String>,
    /// Shows the docket at /dashboard, for this machine or for callers with the scopes of the server's options
    #[cfg(feature = "dashboard")]
    #[arg(long, requires = "http")]
    pub(crate) dashboard: bool,
}

/// The options of `dev`.
#[cfg(feature = "dev")]
#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Serves HTTP at this address, such as 127.0.0.1:8000, instead of standard input and output
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) http: Option<String>,
    /// Serves a coding agent on standard input and output: the errors, lints and logs of the `dev` that runs
    #[arg(long, conflicts_with_all = ["http", "build"])]
    pub(crate) agent: bool,
    /// The command that builds the program, if `cargo build` needs other options
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) build: Vec<OsString>,
}

/// The server of a command: by default the one of this program.
#[derive(Debug, Default, Args)]
pub(crate) struct Target {
    /// Uses the server at this URL
    #[arg(long, value_name = "URL", conflicts_with = "program")]
    pub(crate) url: Option<String>,
    /// Sends a header with each request over HTTP
    #[arg(long, value_name = "NAME: VALUE", requires = "url")]
    pub(crate) header: Vec<String>,
    /// Sends the access token in this environment variable
    #[arg(long, value_name = "VARIABLE", requires = "url")]
    pub(crate) token_env: Option<String>,
    /// Starts this program, and uses it over standard input and output
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) program: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Prints JSON: the entries of the protocol's lists
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// The name of a component, or the URI of a resource, to show it with its schemas
    pub(crate) name: Option<String>,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// The structured content, or the text
    Text,
    /// The whole result
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// The name of the tool; with --prompt, that of a prompt, and with --resource, the URI of a resource
    pub(crate) name: String,
    /// Prints the messages of a prompt instead of calling a tool
    #[arg(long, conflicts_with = "resource")]
    pub(crate) prompt: bool,
    /// Prints the contents of a resource instead of calling a tool
    #[arg(long, conflicts_with_all = ["arguments", "json"])]
    pub(crate) resource: bool,
    /// Arguments: key=value, or key:=json for a value in JSON. A dash reads all arguments as one JSON object from
    /// standard input
    #[arg(value_name = "KEY=VALUE | -")]
    pub(crate) arguments: Vec<String>,
    /// The arguments as one JSON object; those of KEY=VALUE are added to it
    #[arg(long, value_name = "OBJECT")]
    pub(crate) json: Option<String>,
    /// Prints the structured content or the text of the result, or the whole result as JSON
    #[arg(long, value_enum, default_value_t = Output::Text, value_name = "FORM")]
    pub(crate) output: Output,
    /// Asks no questions, for scripts
    #[arg(long)]
    pub(crate) no_input: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

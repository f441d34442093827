//! The commands and options of `docket`.

use clap::{Args, Subcommand};

use crate::cli::docket::selection::Selection;

#[derive(Debug, Subcommand)]
pub(crate) enum DocketCommand {
    /// Shows counts, delays and limits
    Stats(Form),
    /// Lists executions in the order of their submission
    List(ListOptions),
    /// Shows one execution
    Get(KeyOptions),
    /// Follows an execution until it has ended; the exit code is 1 if it has not completed
    Watch(KeyOptions),
    /// Prints the result of an execution as JSON; the exit code is 1 if it has none
    Result(ResultOptions),
    /// Cancels executions
    Cancel(Keys),
    /// Submits dead letters again that match
    Retry(ChangeOptions),
    /// Lists dead letters: executions that have failed or could not run
    Dead(ListOptions),
    /// Submits the latest dead letter of a key again
    Replay(Keys),
    /// Deletes ended executions that match
    Purge(ChangeOptions),
    /// Starts no further executions until `resume`
    Pause(Form),
    /// Starts executions again
    Resume(Form),
    /// Holds back the executions of tasks until `restore`
    Strike(Tasks),
    /// Releases the executions of tasks
    Restore(Tasks),
    /// Lists the workers that are alive
    Workers(Form),
}

#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// The maximum number of executions, up to 1000
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub(crate) limit: usize,
    /// Continues after the place that the previous page printed
    #[arg(long, value_name = "PLACE")]
    pub(crate) after: Option<String>,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeyOptions {
    /// The key of the execution
    pub(crate) key: String,
    /// Prints JSON; `watch` prints one line for each change
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResultOptions {
    /// The key of the execution
    pub(crate) key: String,
    /// Waits until the execution has ended
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// The keys of the executions
    #[arg(required = true, value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Tasks {
    /// The names of the tasks
    #[arg(required = true, value_name = "TASK")]
    pub(crate) tasks: Vec<String>,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeOptions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Changes all of them; required without another condition
    #[arg(long)]
    pub(crate) all: bool,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

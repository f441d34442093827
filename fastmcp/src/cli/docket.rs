//! `docket`: shows and changes the queue of background work.

pub(crate) mod change;
pub(crate) mod commands;
pub(crate) mod follow;
pub(crate) mod open;
pub(crate) mod records;
pub(crate) mod selection;
pub(crate) mod show;

use crate::cli::docket::commands::DocketCommand;
use crate::cli::failure::CommandResult;
use crate::server::builder::FastMcp;

pub(crate) async fn run(server: FastMcp, command: DocketCommand) -> CommandResult {
    let docket = open::open(server).await?;
    match command {
        DocketCommand::Stats(options) => show::stats(&docket, options.json).await,
        DocketCommand::List(options) => show::list(&docket, &options).await,
        DocketCommand::Dead(options) => show::dead(&docket, &options).await,
        DocketCommand::Get(options) => show::get(&docket, &options).await,
        DocketCommand::Workers(options) => show::workers(&docket, options.json).await,
        DocketCommand::Watch(options) => follow::watch(&docket, &options).await,
        DocketCommand::Result(options) => follow::result(&docket, &options).await,
        DocketCommand::Cancel(keys) => change::cancel(&docket, &keys).await,
        DocketCommand::Replay(keys) => change::replay(&docket, &keys).await,
        DocketCommand::Retry(options) => change::retry(&docket, &options).await,
        DocketCommand::Purge(options) => change::purge(&docket, &options).await,
        DocketCommand::Pause(options) => change::pause(&docket, options.json).await,
        DocketCommand::Resume(options) => change::resume(&docket, options.json).await,
        DocketCommand::Strike(tasks) => change::strike(&docket, &tasks).await,
        DocketCommand::Restore(tasks) => change::restore(&docket, &tasks).await,
    }
}

//! `dev`: serves, and replaces the server when its source changes.

use crate::cli::commands::Dev as Options;
use crate::cli::failure::{CommandResult, Failure};
use crate::dev::{Dev, DevError};

pub(crate) async fn run(options: Options) -> CommandResult {
    let mut front = Dev::new();
    if !options.build.is_empty() {
        front = front.command(options.build);
    }
    let ended = match options.http {
        _ if options.agent => front.run_agent().await,
        // The front listens at the address of the user, and the server at a private one.
        Some(address) => {
            let arguments = ["serve", "--http", "{address}"];
            front.http(address).arguments(arguments).run().await
        }
        None => front.arguments(["serve"]).run().await,
    };
    ended.map_err(|error| match error {
        DevError::NotRunning { .. } => Failure::negative(error),
        error => Failure::unavailable(error),
    })
}

//! Opens the docket of a server that is not started.

use crate::cli::failure::{CommandResult, Failure};
use crate::cli::terminal::note;
use crate::docket::handle::Docket;
use crate::server::builder::FastMcp;
use crate::server::settings::DocketSettings;

/// Opens the docket of the server, without a worker.
pub(crate) async fn open(server: FastMcp) -> CommandResult<Docket> {
    let settings = DocketSettings::read()?;
    let options = server.0;
    let docket = options.docket.docket(&options.identity.name, &settings);
    let Some(docket) = docket.await? else {
        return Err(Failure::unavailable(
            "the server has no docket; set FASTMCP_DOCKET_URL, or call `FastMcp::enable_docket`",
        ));
    };
    if !docket.is_shared() {
        note(
            "note: a docket in memory lives in one process, and this is the empty one of this command; set \
             FASTMCP_DOCKET_URL=sqlite://… or redis://… for this command and for the server to share one",
        );
    }
    Ok(docket)
}

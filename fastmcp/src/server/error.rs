//! Why a server did not start, or stopped serving.

use std::io;

use crate::background::error::InvalidTask;
use crate::call::unmet::UnmetDependency;
use crate::component::registry::GatherError;
use crate::component::validation::InvalidDeclaration;
use crate::docket::error::DocketError;
use crate::registration::DuplicateName;
use crate::selection::UnmatchedSelection;
use crate::server::settings::SettingError;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A variable of the environment cannot be read.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Two handlers have one name.
    #[error(transparent)]
    DuplicateName(#[from] DuplicateName),
    /// The server's [selection](crate::FastMcp::select) asks for what the program does not have.
    #[error(transparent)]
    UnmatchedSelection(#[from] UnmatchedSelection),
    /// A handler's attribute declares what cannot be.
    #[error(transparent)]
    InvalidDeclaration(#[from] Box<InvalidDeclaration>),
    /// A handler needs what the server does not have.
    #[error(transparent)]
    UnmetDependency(#[from] Box<UnmetDependency>),
    /// A task has an option that makes no sense.
    #[error(transparent)]
    InvalidTask(#[from] Box<InvalidTask>),
    /// The [secret](crate::FastMcp::secret) is too short to keep anything safe.
    #[error("the server's secret is {0} bytes long, and must be at least 32")]
    ShortSecret(usize),
    /// An option of [`HttpOptions`](crate::HttpOptions) makes no sense.
    #[cfg(feature = "http")]
    #[error(transparent)]
    InvalidHttpOption(#[from] crate::transport::http::options::InvalidHttpOption),
    /// The docket is not where the variable `FASTMCP_DOCKET_URL` says.
    #[error("FASTMCP_DOCKET_URL: {0}")]
    DocketUrl(DocketError),
    /// It was to be a worker, and has no docket that others can add to.
    #[error(
        "a worker process has nothing to work for: its docket is {docket}; set FASTMCP_DOCKET_URL=redis://…, as in the processes that add the work"
    )]
    NoSharedDocket {
        /// What it has instead.
        docket: &'static str,
    },
    /// The docket does not answer, or cannot have a worker.
    #[error(transparent)]
    Docket(#[from] DocketError),
    /// The [lifespan](crate::FastMcp::lifespan) failed before it served.
    #[error("the lifespan failed: {0:#}")]
    Lifespan(crate::error::Error),
}

/// Why a server stopped serving.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// It never started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The address could not be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Transport(String),
    /// The [lifespan](crate::FastMcp::lifespan) failed after the server had stopped.
    #[error("the lifespan failed while the server stopped: {0:#}")]
    Lifespan(crate::error::Error),
}

impl From<GatherError> for StartError {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Duplicate(error) => error.into(),
            GatherError::Unmatched(error) => error.into(),
        }
    }
}

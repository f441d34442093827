//! Why a server did not start, or stopped serving.

use std::io;

use super::settings::SettingError;
use crate::component::InvalidDeclaration;
use crate::component::registry::UnmetDependency;
use crate::docket::DocketError;
use crate::registered::DuplicateName;

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
    /// A handler's attribute declares what cannot be.
    #[error(transparent)]
    InvalidDeclaration(#[from] Box<InvalidDeclaration>),
    /// A handler needs what the server does not have.
    #[error(transparent)]
    UnmetDependency(#[from] Box<UnmetDependency>),
    /// The docket cannot have a worker.
    #[error(transparent)]
    Docket(#[from] DocketError),
    /// The [lifespan](crate::FastMcp::lifespan) failed before it served.
    #[error("the lifespan failed: {0:#}")]
    Lifespan(crate::Error),
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
    Lifespan(crate::Error),
}

//! The names that most servers use: `use fastmcp::prelude::*;`.

pub use crate::dependencies::{Context, Dependency, Docket, Progress, State, Worker};
pub use crate::error::{Result, ToolError};
pub use crate::server::FastMcp;
pub use fastmcp_macros::{completion, dependency, prompt, resource, task, tool, tools};

//! Compares the results of tools with the schemas that the tools list.

use std::collections::HashMap;

use crate::client::error::ClientError;
use crate::client::handle::Client;
use crate::client::output_schemas::Schema;
use crate::component::output::check::mismatch;
use crate::component::output::tool_result::ToolResult;

impl Client {
    /// Compares a result with the schema of its tool, if the client has this option.
    pub(super) async fn check_output(
        &self,
        tool: &str,
        result: &ToolResult,
    ) -> Result<(), ClientError> {
        let Some(schemas) = &self.schemas else {
            return Ok(());
        };
        if result.is_error {
            return Ok(());
        }
        if schemas.get(tool).is_none() {
            let tools = self.list_tools().await?;
            let listed = tools
                .into_iter()
                .map(|tool| (tool.name.into_owned(), tool.output_schema));
            let listed: HashMap<String, Schema> = listed.collect();
            schemas.replace(listed);
        }
        // A tool that is not listed has been called, so it is hidden. Its schema cannot be known.
        let Some(schema) = schemas.get(tool).flatten() else {
            return Ok(());
        };
        let error = |path: String, problem: String| ClientError::Output {
            tool: tool.to_owned(),
            path,
            problem,
        };
        let Some(content) = &result.structured_content else {
            let problem = "the tool lists an output schema, and returned no structured content";
            return Err(error(String::new(), problem.into()));
        };
        match mismatch(&schema, content) {
            Some(found) => Err(error(found.path, found.message)),
            None => Ok(()),
        }
    }
}

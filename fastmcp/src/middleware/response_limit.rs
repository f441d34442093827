//! [`ResponseLimit`]: limits the size of answers.

use serde::Serialize;

use crate::error::{Result, ToolError};
use crate::middleware::chain::Middleware;
use crate::middleware::next::Next;
use crate::middleware::request::{Answer, Request};
use crate::text::serialized_size;

/// Limits the size of the answers of tools, resources and prompts. A larger one is replaced by an error.
///
/// [`FastMcp::max_answer`](crate::FastMcp::max_answer) is for models: it cuts the answer of a tool, and lets the client
/// read the rest. This limit protects against answers that nobody should get.
///
/// ```
/// use fastmcp::FastMcp;
/// use fastmcp::middleware::ResponseLimit;
///
/// let server = FastMcp::new("logs").middleware(ResponseLimit::new(1_000_000));
/// # let _ = server;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ResponseLimit(usize);

impl ResponseLimit {
    /// Creates the limit, in bytes of JSON.
    pub fn new(bytes: usize) -> Self {
        Self(bytes)
    }
}

/// Returns the size of an answer, in bytes of JSON.
fn size(answer: &Answer) -> usize {
    fn of(value: &impl Serialize) -> usize {
        serialized_size(value)
    }
    match answer {
        Answer::ToolCall(result) => {
            of(&result.content) + of(&result.structured_content) + of(&result.meta)
        }
        Answer::ResourceRead(contents) => of(contents),
        Answer::PromptGet(prompt) => of(&prompt.messages),
        _ => 0,
    }
}

impl Middleware<Request> for ResponseLimit {
    async fn handle(&self, request: Request, next: Next<Request>) -> Result<Answer> {
        let label = request.label();
        let answer = next.run(request).await?;
        let size = size(&answer);
        if size > self.0 {
            let limit = self.0;
            let message = format!(
                "the answer to `{label}` has {size} bytes, more than the limit of {limit} bytes"
            );
            return Err(ToolError::new(message).into());
        }
        Ok(answer)
    }
}

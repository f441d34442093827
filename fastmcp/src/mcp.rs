//! Data types of the protocol, re-exported from the official SDK.
//!
//! They are the only types of that crate in this crate's public signatures.

pub use rmcp::model::{
    Annotations, AudioContent, CacheScope, ContentBlock, EmbeddedResource, Icon, IconTheme,
    ImageContent, Implementation, MetaObject, Prompt, PromptArgument, PromptMessage,
    ProtocolVersion, Resource, ResourceContents, ResourceTemplate, Role, TextContent, Tool,
    ToolAnnotations,
};

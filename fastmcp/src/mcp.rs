//! The protocol's own data types, re-exported on purpose from the official SDK.
//!
//! These are the only types of that crate that stand in this crate's public signatures.

pub use rmcp::model::{
    Annotations, AudioContent, CacheScope, ContentBlock, EmbeddedResource, Icon, IconTheme,
    ImageContent, Implementation, MetaObject, Prompt, PromptArgument, PromptMessage,
    ProtocolVersion, Resource, ResourceContents, ResourceTemplate, Role, TextContent, Tool,
    ToolAnnotations,
};

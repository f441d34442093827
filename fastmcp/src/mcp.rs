//! Data types of the protocol, re-exported from the official SDK.
//!
//! Public signatures of this crate contain no other types of the SDK.

pub use rmcp::model::{
    Annotations, AudioContent, CacheScope, ContentBlock, EmbeddedResource, Icon, IconTheme,
    ImageContent, Implementation, MetaObject, Prompt, PromptArgument, PromptMessage,
    ProtocolVersion, Resource, ResourceContents, ResourceTemplate, Role, Skill, SkillFrontmatter,
    SkillResource, SkillResources, TextContent, Tool, ToolAnnotations,
};

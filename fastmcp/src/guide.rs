//! Guides, with examples that run as tests.

#[doc = include_str!("../docs/background_work.md")]
pub mod background_work {}

#[doc = include_str!("../docs/context.md")]
pub mod context {}

#[doc = include_str!("../docs/tasks.md")]
pub mod tasks {}

#[doc = include_str!("../docs/tool_language.md")]
pub mod tool_language {}

#[cfg(feature = "stdio")]
#[doc = include_str!("../docs/serving_stdio.md")]
pub mod serving_stdio {}

#[cfg(feature = "http")]
#[doc = include_str!("../docs/serving_http.md")]
pub mod serving_http {}

#[allow(clippy::doc_markdown, reason = "names of products are no code")]
#[doc = include_str!("../docs/what_models_see.md")]
pub mod what_models_see {}

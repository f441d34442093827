//! Guides, with examples that run as tests.

#[doc = include_str!("../docs/background_work.md")]
pub mod background_work {}

#[doc = include_str!("../docs/context.md")]
pub mod context {}

#[doc = include_str!("../docs/tasks.md")]
pub mod tasks {}

#[cfg(feature = "client")]
#[doc = include_str!("../docs/tool_language.md")]
pub mod tool_language {}

#[cfg(feature = "stdio")]
#[doc = include_str!("../docs/serving_stdio.md")]
pub mod serving_stdio {}

#[cfg(feature = "http")]
#[doc = include_str!("../docs/serving_http.md")]
pub mod serving_http {}

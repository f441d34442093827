//! [`MessageContent`]: the content of a message for the client's model.

use std::borrow::Cow;

use crate::mcp::ContentBlock;

/// The content of a message for the client's model, or of the result of a tool that the model uses:
/// text, images and audio.
///
/// Text and blocks convert to it, and so do arrays of blocks. The functions in
/// [`content`](crate::content) create blocks from bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageContent(pub(crate) Vec<ContentBlock>);

/// Implements the conversion from types of text.
macro_rules! from_text {
    ($($text:ty)*) => {$(
        impl From<$text> for MessageContent {
            fn from(text: $text) -> Self {
                Self(vec![ContentBlock::text(text)])
            }
        }
    )*};
}

from_text!(String &str &String Box<str> Cow<'_, str>);

impl From<ContentBlock> for MessageContent {
    fn from(block: ContentBlock) -> Self {
        Self(vec![block])
    }
}

impl From<Vec<ContentBlock>> for MessageContent {
    fn from(blocks: Vec<ContentBlock>) -> Self {
        Self(blocks)
    }
}

impl<const N: usize> From<[ContentBlock; N]> for MessageContent {
    fn from(blocks: [ContentBlock; N]) -> Self {
        Self(blocks.into())
    }
}

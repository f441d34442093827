//! The ID of an entry in a Redis stream.

use std::fmt;

/// The ID of a stream entry, `<milliseconds>-<sequence>`. IDs of one stream only increase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StreamId(u64, u64);

impl StreamId {
    /// Parses `text`; returns `None` for anything but two numbers with a dash between them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (milliseconds, sequence) = text.split_once('-')?;
        Some(Self(milliseconds.parse().ok()?, sequence.parse().ok()?))
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", self.0, self.1)
    }
}

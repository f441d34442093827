//! [`Value`]: a value of a frontmatter, with the line where it begins.

/// A value, as JSON has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number that fits.
    Integer(i128),
    /// Any other finite number.
    Float(f64),
    /// Text
    Text(String),
    /// A sequence
    List(Vec<Node>),
    /// A mapping. Its keys are unique.
    Map(Vec<Field>),
}

/// A value and its line, starting at 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value
    pub value: Value,
    /// The line
    pub line: usize,
}

/// A field of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The key
    pub key: String,
    /// The line of the key
    pub line: usize,
    /// The value
    pub node: Node,
}

impl Value {
    /// Returns the name of the type, for error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }

    /// Returns the text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

//! [`Row`]: one signature of the corpus.

use serde_json::Value;

/// A tool that takes one value of a type.
pub struct Row {
    /// The name of the tool.
    pub name: &'static str,
    /// The type of its only parameter.
    pub signature: &'static str,
    /// Values of the type, as JSON.
    pub samples: Vec<Value>,
}

/// Declares a tool for each type, and a function `rows` that lists them. Each tool returns its
/// argument as JSON text, which compiles faster than a result of each type.
macro_rules! row {
    ($($name:ident: $type:ty;)*) => {
        $(
            /// Takes a value.
            #[tool]
            async fn $name(value: $type) -> String {
                serde_json::to_string(&value).unwrap()
            }
        )*

        $crate::row::rows! { $($name: $type;)* }
    };
}
pub(crate) use row;

/// The same with tools that return their argument, so that its type is listed as a result too.
macro_rules! echo {
    ($($name:ident: $type:ty;)*) => {
        $(
            /// Takes a value and returns it.
            #[tool]
            async fn $name(value: $type) -> $type {
                value
            }
        )*

        $crate::row::rows! { $($name: $type;)* }
    };
}
pub(crate) use echo;

/// Declares the function `rows`.
macro_rules! rows {
    ($($name:ident: $type:ty;)*) => {
        /// Returns the signatures of this table.
        pub fn rows() -> Vec<Row> {
            vec![$(Row {
                name: stringify!($name),
                signature: stringify!($type),
                samples: <$type>::samples().iter().map(|it| serde_json::to_value(it).unwrap()).collect(),
            }),*]
        }
    };
}
pub(crate) use rows;

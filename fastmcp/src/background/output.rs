//! Turns what a task's body returns into the outcome that is kept.
//!
//! | row | `Serialize` | `Deserialize` | the value is |
//! |---|---|---|---|
//! | 1 | yes | yes | kept as JSON, and read back by whoever waits for it |
//! | 2 | no | yes | refused: cannot be kept |
//! | 3 | yes | no | refused: cannot be read back |
//! | 4 | no | no | refused: neither |

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::finite;
use crate::call::take::CallError;
use crate::docket::model::outcome::Outcome;

/// Folds the answers of the probes into a row of the [table](self).
#[doc(hidden)]
pub const fn row(encodable: bool, decodable: bool) -> u8 {
    match (encodable, decodable) {
        (true, true) => 1,
        (false, true) => 2,
        (true, false) => 3,
        (false, false) => 4,
    }
}

/// How the values of one type are kept.
#[doc(hidden)]
pub struct TaskSink<T> {
    /// The outcome that is kept.
    pub convert: fn(T) -> Result<Outcome, CallError>,
}

/// Selects, by row, how a value is kept; see the [table](self). `Name` is spelled like the task,
/// so that rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a task cannot return this type")]
pub trait TaskOutput<const ROW: u8, Name>: Sized {
    /// How its values are kept.
    const SINK: TaskSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned, Name> TaskOutput<1, Name> for T {
    const SINK: TaskSink<Self> = TaskSink {
        convert: |value| Ok(Outcome::Completed(finite::to_vec(&value)?.into())),
    };
}

/// Declares a bound that nothing implements, whose text explains a refused row.
macro_rules! refused {
    ($row:literal, $bound:ident, $message:literal, $label:literal, $note:literal) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $bound<T> {
            /// Never evaluated: nothing has this bound.
            const SINK: TaskSink<T>;
        }

        impl<T, Name: $bound<T>> TaskOutput<$row, Name> for T {
            const SINK: TaskSink<Self> = Name::SINK;
        }
    };
}

refused!(
    2,
    CanKeep,
    "task `{Self}` cannot return `{T}`: its result is kept as JSON",
    "does not implement `Serialize`",
    "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it"
);
refused!(
    3,
    CanReadBack,
    "task `{Self}` cannot return `{T}`: whoever waits for the result could not read it",
    "does not implement `Deserialize`",
    "put `#[fastmcp::data]` on `{T}`, or return an owned type such as `String`"
);
refused!(
    4,
    CanKeepAndReadBack,
    "task `{Self}` cannot return `{T}`: its result is kept as JSON and read back",
    "implements neither `Serialize` nor `Deserialize`",
    "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` and `serde::Deserialize` for it"
);

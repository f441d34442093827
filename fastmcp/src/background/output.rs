//! Converts the return value of a task's body into the outcome that the docket stores.
//!
//! | row | `Serialize` | `Deserialize` | the value is |
//! |---|---|---|---|
//! | `STORED` | yes | yes | stored as JSON, and decoded for callers that read the result |
//! | `NOT_ENCODABLE` | no | yes | refused |
//! | `NOT_READABLE` | yes | no | refused |
//! | `NEITHER` | no | no | refused |

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::error::CallError;
use crate::call::finite;
use crate::call::refused::refused;
use crate::docket::model::outcome::Outcome;

const STORED: u8 = 0;
#[doc(hidden)]
pub const NOT_ENCODABLE: u8 = 1;
#[doc(hidden)]
pub const NOT_READABLE: u8 = 2;
#[doc(hidden)]
pub const NEITHER: u8 = 3;

/// Returns the row of a value type in the [table](self).
#[doc(hidden)]
pub const fn row(serialize: bool, deserialize: bool) -> u8 {
    match (serialize, deserialize) {
        (true, true) => STORED,
        (false, true) => NOT_ENCODABLE,
        (true, false) => NOT_READABLE,
        (false, false) => NEITHER,
    }
}

/// The conversion of values of one type.
#[doc(hidden)]
pub struct TaskSink<T> {
    /// Returns the outcome that the docket stores.
    pub convert: fn(T) -> Result<Outcome, CallError>,
}

/// Selects the conversion of a type by its row in the [table](self).
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a task cannot return this type")]
pub trait TaskOutput<const ROW: u8>: Sized {
    /// The conversion of its values.
    const SINK: TaskSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> TaskOutput<STORED> for T {
    const SINK: TaskSink<Self> = TaskSink {
        convert: |value| Ok(Outcome::Completed(finite::to_vec(&value)?.into())),
    };
}

/// Declares the conversion of refused rows. Without it, a refused type would cause two errors.
macro_rules! refused_rows {
    ($($row:ident)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> TaskOutput<$row> for T {
            const SINK: TaskSink<Self> = TaskSink {
                convert: |_| Ok(Outcome::Completed(Default::default())),
            };
        }
    )*};
}

refused_rows!(NOT_ENCODABLE NOT_READABLE NEITHER);

refused! {
    /// [`NOT_ENCODABLE`].
    ResultIsEncodable<T>,
    message = "task `{Self}` cannot return `{T}`: the result cannot be stored as JSON",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it"
}

refused! {
    /// [`NOT_READABLE`].
    ResultIsReadable<T>,
    message = "task `{Self}` cannot return `{T}`: the stored result cannot be decoded for its callers",
    label = "does not implement `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or return an owned type such as `String`"
}

refused! {
    /// [`NEITHER`].
    ResultIsEncodableAndReadable<T>,
    message = "task `{Self}` cannot return `{T}`: the result cannot be stored as JSON",
    label = "implements neither `Serialize` nor `Deserialize`",
    note = "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` and `serde::Deserialize` for it"
}

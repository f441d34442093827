//! The table of [`crate::parameter`], as it is for tasks.
//!
//! A task's arguments travel through a queue, so they are encoded as well as decoded; no client
//! sees them, so they need no schema. And a task runs when the request is over.
//!
//! | row | `Dependency` | `RequestScoped` | `Serialize` | `Deserialize` | the parameter is |
//! |---|---|---|---|---|---|
//! | 0 | yes | no | any | any | injected |
//! | 1 | no | | yes | yes | an argument |
//! | 2 | no | | no | yes | refused: cannot be encoded |
//! | 3 | no | | yes | no | refused: cannot be decoded |
//! | 4 | no | | no | no | refused: neither |
//! | 5 | yes | yes | any | any | refused: no live request |

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::classify::Source;
use crate::call::decode;
use crate::call::inject::dependency::Dependency;

/// Folds the answers of the probes into a row of the [table](self).
#[doc(hidden)]
#[expect(
    clippy::fn_params_excessive_bools,
    reason = "they are the answers of four probes"
)]
pub const fn row(injected: bool, request_scoped: bool, encodable: bool, decodable: bool) -> u8 {
    match (injected, request_scoped, encodable, decodable) {
        (true, true, _, _) => 5,
        (true, false, _, _) => 0,
        (false, _, true, true) => 1,
        (false, _, false, true) => 2,
        (false, _, true, false) => 3,
        (false, _, false, false) => 4,
    }
}

/// Selects, by row, how a type serves as a parameter of a task; see the [table](self).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this type cannot be a parameter of a task",
    label = "not a parameter type"
)]
pub trait TaskParameter<const ROW: u8, Name>: Sized {
    /// Where its values come from.
    const SOURCE: Source<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Dependency, Name> TaskParameter<0, Name> for T {
    const SOURCE: Source<Self> = Source::Injected {
        needs: T::needs,
        resolve: |injector| Box::pin(T::resolve(injector)),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send, Name> TaskParameter<1, Name> for T {
    const SOURCE: Source<Self> = Source::Argument {
        schema: anything,
        decode: decode::decode::<T>,
        absent: decode::absent::<T>,
        required: || decode::absent::<T>().is_none(),
    };
}

/// The schema of an argument that no client sees.
fn anything(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}

/// Declares a bound that nothing implements, whose text explains a refused row, and the
/// implementation of [`TaskParameter`] for that row, which demands it.
macro_rules! refused {
    ($row:literal, $bound:ident, $message:literal, $label:literal, $($note:literal),+) => {
        #[doc(hidden)]
        #[diagnostic::on_unimplemented(message = $message, label = $label, $(note = $note),+)]
        pub trait $bound<T> {
            /// Never evaluated: no type has this bound.
            const SOURCE: Source<T>;
        }

        impl<T, Name: $bound<T>> TaskParameter<$row, Name> for T {
            const SOURCE: Source<Self> = Name::SOURCE;
        }
    };
}

refused!(
    2,
    CanBeEncoded,
    "parameter `{Self}`: `{T}` cannot be put into the queue",
    "does not implement `Serialize`",
    "put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it",
    "or, if the worker should provide it, implement `fastmcp::dependencies::Dependency` for it"
);
refused!(
    3,
    CanBeDecoded,
    "parameter `{Self}`: `{T}` cannot be read back from the queue",
    "does not implement `Deserialize`",
    "put `#[fastmcp::data]` on `{T}`, or derive `serde::Deserialize` for it",
    "or, if the worker should provide it, implement `fastmcp::dependencies::Dependency` for it"
);
refused!(
    4,
    IsArgumentOrDependency,
    "parameter `{Self}`: `{T}` is neither an argument nor a dependency",
    "it cannot go through the queue and the worker cannot provide it",
    "for an argument, put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` and `serde::Deserialize` for it",
    "for a value that the worker provides, implement `fastmcp::dependencies::Dependency` for it, or take it from the server's state with `State<{T}>`"
);
refused!(
    5,
    OutlivesTheRequest,
    "parameter `{Self}`: a task cannot have a `{T}`: the request is over when the task runs",
    "belongs to a live request",
    "to tell others how far a task is, take a `Progress`; to schedule more work, a `Docket`"
);
refused!(
    7,
    CanBeShared,
    "`&self` cannot be shared: calls run on several threads, and `{T}` needs a type that is `Send` and `Sync`",
    "not `Send` and `Sync`",
    "put what changes into a `Mutex`, an `RwLock` or an atomic, and share with `Arc` in the place of `Rc`"
);

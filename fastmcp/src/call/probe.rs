//! The questions that an expansion asks about a type: `Probe::<T>::DEPENDENCY` and others.
//!
//! An inherent associated constant takes precedence over a trait's. If `T` has the bound, the
//! inherent `true` exists and is used; otherwise only the fallback trait's `false` is left. The
//! answer is right for concrete types only: nothing is known about a type *parameter*, so the
//! answer would be `false`, which is why generic handlers are refused.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::execution_scoped::ExecutionScoped;
use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::provider::Provider;
use crate::call::inject::scope::Scope;

/// Carries the type that is asked about.
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// Declares questions about a type: a trait with the answer `false`, and an inherent constant for
/// the types with the other answer.
macro_rules! probes {
    (
        $(#[$attribute:meta])*
        pub trait $fallback:ident;
        $(
            $(#[$doc:meta])*
            $question:ident: [$($generics:tt)+] $type:ty = $answer:expr;
        )+
    ) => {
        $(#[$attribute])*
        pub trait $fallback {
            $(
                $(#[$doc])*
                const $question: bool = false;
            )+
        }

        impl<T: ?Sized> $fallback for $crate::call::probe::Probe<T> {}

        $(
            impl<$($generics)+> $crate::call::probe::Probe<$type> {
                $(#[$doc])*
                pub const $question: bool = $answer;
            }
        )+
    };
}
pub(crate) use probes;

probes! {
    /// The answers for types that lack the bound.
    pub trait Fallback;

    /// `T: Dependency`.
    DEPENDENCY: [T: Dependency] T = true;
    /// `T: RequestScoped`.
    REQUEST_SCOPED: [T: RequestScoped] T = true;
    /// `T: ExecutionScoped`.
    EXECUTION_SCOPED: [T: ExecutionScoped] T = true;
    /// `T` is a `Scope`.
    SCOPE: [T] Scope<T> = true;
    /// `T: Serialize`.
    SERIALIZE: [T: Serialize] T = true;
    /// `T: DeserializeOwned`.
    DESERIALIZE: [T: DeserializeOwned] T = true;
    /// `T: JsonSchema`.
    JSON_SCHEMA: [T: JsonSchema] T = true;
    /// `T` is a `Result`.
    RESULT: [T, E] Result<T, E> = true;
    /// `T: Clone`.
    CLONE: [T: Clone] T = true;
    /// Several threads can share a `T` for as long as the server runs.
    SHAREABLE: [T: Send + Sync + 'static] T = true;
    /// `T: Provider`.
    PROVIDER: [T: Provider] T = true;
    /// `T` is a provider with the option `shared`.
    SHARED_PROVIDER: [T: Provider] T = T::ENTRY.shared;
    /// Both types of a pair are the same.
    SAME: [T] (T, T) = true;
}

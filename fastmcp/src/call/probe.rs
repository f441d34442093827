//! Compile-time checks of the traits that a type implements: `Probe::<T>::DEPENDENCY` and others.
//!
//! An inherent associated constant takes precedence over the constant of a trait. If `T` meets the
//! bound, the inherent constant `true` is used; otherwise only the `false` of the fallback trait exists.
//! This works only for concrete types: for a type *parameter*, the compiler cannot resolve the bound and
//! always uses `false`. Generic handlers are therefore refused.

use std::fmt::Display;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::execution_scoped::ExecutionScoped;
use crate::call::inject::dependency::{Dependency, RequestScoped};
use crate::call::inject::provider::Provider;
use crate::call::inject::scope::Scope;

/// The type that is checked.
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// Declares probes: a fallback trait with the constants `false`, and inherent constants for the types
/// that meet the bounds.
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
    /// The constants for types that do not meet the bounds.
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
    /// `T: Send + Sync + 'static`.
    SHAREABLE: [T: Send + Sync + 'static] T = true;
    /// `T: Send`.
    SEND: [T: Send] T = true;
    /// `T: Display`.
    DISPLAY: [T: Display] T = true;
    /// `T: Provider`.
    PROVIDER: [T: Provider] T = true;
    /// `T` is a provider with the option `shared`.
    SHARED_PROVIDER: [T: Provider] T = T::ENTRY.shared;
    /// Both types of a pair are the same.
    SAME: [T] (T, T) = true;
}

//! The questions that an expansion asks of a type: `Probe::<T>::INJECTED` and its sisters.
//!
//! An inherent associated constant wins over a trait's. Where `T` has the asked-for bound the
//! inherent `true` exists and is taken; elsewhere only the fallback trait's `false` is left. The
//! answer is right for concrete types only: of a type *parameter* nothing is known, so it would
//! be `false`, which is why generic handlers are refused.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::inject::dependency::{Dependency, RequestScoped};

/// Carries the type that is asked about.
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// The answers for types that lack the bound.
pub trait Fallback {
    /// `T: Dependency`.
    const INJECTED: bool = false;
    /// `T: RequestScoped`.
    const REQUEST_SCOPED: bool = false;
    /// `T: DeserializeOwned`.
    const DECODABLE: bool = false;
    /// `T: JsonSchema`.
    const DESCRIBED: bool = false;
    /// `T: Serialize`.
    const ENCODABLE: bool = false;
    /// `T` is a `Result`.
    const FALLIBLE: bool = false;
}

impl<T: ?Sized> Fallback for Probe<T> {}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T: Dependency> Probe<T> {
    pub const INJECTED: bool = true;
}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T: RequestScoped> Probe<T> {
    pub const REQUEST_SCOPED: bool = true;
}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T: DeserializeOwned> Probe<T> {
    pub const DECODABLE: bool = true;
}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T: JsonSchema> Probe<T> {
    pub const DESCRIBED: bool = true;
}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T: Serialize> Probe<T> {
    pub const ENCODABLE: bool = true;
}

#[allow(missing_docs, reason = "documented in `Fallback`")]
impl<T, E> Probe<Result<T, E>> {
    pub const FALLIBLE: bool = true;
}

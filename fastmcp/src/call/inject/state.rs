//! [`State`]: a value that lives as long as the server.

use std::any::TypeId;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Unavailable};
use crate::call::inject::needs::Needs;

/// The server's state value of type `T`, set with [`FastMcp::state`](crate::FastMcp::state) or
/// served by its lifespan.
///
/// All calls share one value and access it by reference.
///
/// ```
/// use fastmcp::dependencies::State;
/// use fastmcp::prelude::*;
///
/// struct Shelf { books: Vec<&'static str> }
///
/// /// Every book on the shelf.
/// #[tool]
/// async fn books(shelf: State<Shelf>) -> Vec<String> {
///     shelf.books.iter().map(|&book| book.to_owned()).collect()
/// }
///
/// let server = FastMcp::new("library").state(Shelf { books: vec!["Dune"] });
/// ```
///
/// If `T` is a tuple struct, `state.0` is the field of `T`, because the field of `State` is private.
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// Creates a state value for calling a handler in a unit test.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Send + Sync + 'static> State<T> {
    fn need() -> Need {
        Need::State {
            type_id: TypeId::of::<T>(),
            type_name: std::any::type_name::<T>(),
        }
    }
}

impl<T: Send + Sync + 'static> Dependency for State<T> {
    const USES_REQUEST: bool = false;

    fn needs(needs: &mut Needs) {
        needs.add(Self::need());
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let value = injector.state(TypeId::of::<T>()).cloned();
        let value = value.and_then(|value| value.downcast::<T>().ok());
        Ok(Self(value.ok_or(Unavailable(Self::need()))?))
    }

    fn resolve_now(injector: &Injector) -> Option<crate::error::Result<Self>> {
        let value = injector.state(TypeId::of::<T>()).cloned();
        let value = value.and_then(|value| value.downcast::<T>().ok());
        let value = value.map(Self);
        Some(value.ok_or_else(|| Unavailable(Self::need()).into()))
    }
}

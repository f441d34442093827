//! `State<T>`: a value that lives as long as the server.

use std::any::TypeId;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::Injector;
use crate::call::inject::needs::Unmet;
use crate::call::inject::needs::{Need, Needs};

/// The value of type `T` that the server was given with
/// [`FastMcp::state`](crate::FastMcp::state), or that its lifespan serves.
///
/// All calls share one value; it is reached by reference.
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
/// A value that is a tuple struct is reached through it too, `state.0`: its own field is private.
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// A state of its own, for calling a handler in a unit test.
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
    fn needs(needs: &mut Needs) {
        needs.add(Self::need());
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let value = injector.state(TypeId::of::<T>()).cloned();
        let value = value.and_then(|value| value.downcast::<T>().ok());
        Ok(Self(value.ok_or(Unmet(Self::need()))?))
    }
}

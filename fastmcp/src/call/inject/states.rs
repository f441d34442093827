//! The server's state values, by type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

/// The server's state values, by type.
pub(crate) type States = HashMap<TypeId, Arc<dyn Any + Send + Sync>>;

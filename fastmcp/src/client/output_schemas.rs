//! [`OutputSchemas`]: the schemas of results that a server's tools list.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

/// A schema, or `None` if the tool lists none.
pub(crate) type Schema = Option<Arc<Map<String, Value>>>;

/// The output schemas of a server's tools, by name. They are read with the first result, and again when the server
/// announces a change or a tool is unknown.
#[derive(Debug, Default)]
pub(crate) struct OutputSchemas(Mutex<HashMap<String, Schema>>);

impl OutputSchemas {
    fn schemas(&self) -> MutexGuard<'_, HashMap<String, Schema>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the schema of a tool, or `None` if the tool is not known.
    pub(crate) fn get(&self, tool: &str) -> Option<Schema> {
        self.schemas().get(tool).cloned()
    }

    pub(crate) fn replace(&self, listed: HashMap<String, Schema>) {
        *self.schemas() = listed;
    }

    pub(crate) fn forget(&self) {
        self.schemas().clear();
    }
}

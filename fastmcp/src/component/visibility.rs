//! [`Visibility`]: the components that are hidden from clients.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::component_kind::ComponentKind;
use crate::context::change::ListKind;

/// The hidden components, by kind and name. The name of a resource is its URI.
#[derive(Default)]
pub(crate) struct Visibility {
    hidden: RwLock<HashMap<ComponentKind, HashSet<String>>>,
    /// `true` if `hidden` is not empty. Most servers never hide a component, and this flag lets their
    /// calls skip the lock.
    any_hidden: AtomicBool,
}

/// Returns the list that contains components of this kind.
fn list(kind: ComponentKind) -> ListKind {
    match kind {
        ComponentKind::Tool => ListKind::Tools,
        ComponentKind::Resource => ListKind::Resources,
        ComponentKind::Prompt => ListKind::Prompts,
    }
}

impl Visibility {
    /// Returns `true` if the component is visible. A call that reads the flag while `set` runs may still
    /// see the old state, as if it had come earlier.
    pub(crate) fn shows(&self, kind: ComponentKind, name: &str) -> bool {
        if !self.any_hidden.load(Ordering::Acquire) {
            return true;
        }
        let hidden = self.hidden.read().unwrap_or_else(PoisonError::into_inner);
        let is_hidden = hidden.get(&kind).is_some_and(|names| names.contains(name));
        !is_hidden
    }

    /// Returns whether any component is hidden.
    pub(crate) fn hides_any(&self) -> bool {
        self.any_hidden.load(Ordering::Acquire)
    }

    /// Shows or hides all `components` in one step. Returns the lists that have changed.
    ///
    /// The caller notifies clients after this returns. A client that lists the components upon the
    /// notification therefore sees the change.
    pub(crate) fn set(
        &self,
        components: impl Iterator<Item = (ComponentKind, String)>,
        visible: bool,
    ) -> Vec<ListKind> {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (kind, name) in components {
            let names = hidden.entry(kind).or_default();
            let is_change = if visible {
                names.remove(&name)
            } else {
                names.insert(name)
            };
            let list = list(kind);
            if is_change && !changed.contains(&list) {
                changed.push(list);
            }
        }
        // Stored while the write lock is held. Otherwise, two concurrent calls could leave a flag that
        // contradicts the set.
        let any_hidden = hidden.values().any(|names| !names.is_empty());
        self.any_hidden.store(any_hidden, Ordering::Release);
        changed
    }
}

//! [`Visibility`]: the components that are hidden from clients.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::context::change::ListKind;

/// The hidden components, by kind and name. The name of a resource is its URI.
#[derive(Default)]
pub(crate) struct Visibility {
    hidden: RwLock<HashSet<(ComponentKind, &'static str)>>,
    /// `true` if `hidden` is not empty. Most servers never hide a component, and this flag lets their
    /// calls skip the lock.
    any_hidden: AtomicBool,
}

/// A kind of component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ComponentKind {
    /// A tool.
    Tool,
    /// A resource or a resource template.
    Resource,
    /// A prompt.
    Prompt,
}

impl ComponentKind {
    /// Returns the list that contains components of this kind.
    pub(crate) fn list(self) -> ListKind {
        match self {
            Self::Tool => ListKind::Tools,
            Self::Resource => ListKind::Resources,
            Self::Prompt => ListKind::Prompts,
        }
    }
}

impl Visibility {
    /// Returns `true` if the component is visible. A call that reads the flag while `set` runs may still
    /// see the old state, as if it had come earlier.
    pub(crate) fn shows(&self, kind: ComponentKind, name: &'static str) -> bool {
        !self.any_hidden.load(Ordering::Acquire)
            || !self
                .hidden
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&(kind, name))
    }

    /// Shows or hides all `components` in one step. Returns the lists that have changed.
    ///
    /// The caller notifies clients after this returns. A client that lists the components upon the
    /// notification therefore sees the change.
    pub(crate) fn set(
        &self,
        components: impl Iterator<Item = (ComponentKind, &'static str)>,
        visible: bool,
    ) -> Vec<ListKind> {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for component in components {
            let is_change = if visible {
                hidden.remove(&component)
            } else {
                hidden.insert(component)
            };
            let list = component.0.list();
            if is_change && !changed.contains(&list) {
                changed.push(list);
            }
        }
        // Stored while the write lock is held. Otherwise, two concurrent calls could leave a flag that
        // contradicts the set.
        self.any_hidden.store(!hidden.is_empty(), Ordering::Release);
        changed
    }
}

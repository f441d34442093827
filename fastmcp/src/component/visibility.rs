//! Which of a server's components its clients see now.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use crate::context::change::ListKind;

/// The components that are hidden, by list and name (of a resource: its URI).
#[derive(Default)]
pub(crate) struct Visibility {
    hidden: RwLock<HashSet<(Kind, &'static str)>>,
    /// Whether there are any. Most servers never hide one, and must not pay for it at each call.
    any: AtomicBool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Tool,
    Resource,
    Prompt,
}

impl Kind {
    pub(crate) fn list(self) -> ListKind {
        match self {
            Self::Tool => ListKind::Tools,
            Self::Resource => ListKind::Resources,
            Self::Prompt => ListKind::Prompts,
        }
    }
}

impl Visibility {
    pub(crate) fn shows(&self, kind: Kind, name: &'static str) -> bool {
        !self.any.load(Ordering::Acquire)
            || !self
                .hidden
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&(kind, name))
    }

    /// Shows or hides all of `components` in one step; the lists that have changed by it.
    pub(crate) fn set(
        &self,
        components: impl Iterator<Item = (Kind, &'static str)>,
        visible: bool,
    ) -> Vec<ListKind> {
        let mut hidden = self.hidden.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (kind, name) in components {
            let is_change = if visible {
                hidden.remove(&(kind, name))
            } else {
                hidden.insert((kind, name))
            };
            if is_change && !changed.contains(&kind.list()) {
                changed.push(kind.list());
            }
        }
        self.any.store(!hidden.is_empty(), Ordering::Release);
        changed
    }
}

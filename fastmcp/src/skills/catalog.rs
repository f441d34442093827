//! [`SkillCatalog`]: the skills of a server, which can be loaded again.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use crate::component::changes::Changes;
use crate::context::change::{Change, ListKind};
use crate::skill_folder::fault::{SkillFault, SkillProblem};
use crate::skills::error::SkillErrors;
use crate::skills::fingerprint::Fingerprint;
use crate::skills::snapshot::Snapshot;
use crate::skills::source::Source;

/// The skills that a server offers since it loaded them again, by the URIs of their `SKILL.md`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkillChanges {
    /// The new skills.
    pub added: Vec<String>,
    /// The skills that are gone.
    pub removed: Vec<String>,
    /// The skills with another frontmatter, or with other files.
    pub changed: Vec<String>,
}

impl SkillChanges {
    /// Returns whether the skills are the same as before.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Adds the changes of another server.
    pub(crate) fn extend(&mut self, other: Self) {
        self.added.extend(other.added);
        self.removed.extend(other.removed);
        self.changed.extend(other.changed);
    }
}

/// Returns the place of the component of the server that has a URI.
pub(crate) type Taken = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The skills of one server.
pub(crate) struct SkillCatalog {
    sources: Vec<Source>,
    snapshot: RwLock<Arc<Snapshot>>,
    taken: Taken,
    /// Set when the server starts.
    changes: OnceLock<Changes>,
    /// Only one thread loads the skills at a time, so that an older state never replaces a newer one.
    turn: Mutex<()>,
    /// The state of the watched directories before they were read.
    fingerprint: Mutex<Option<Fingerprint>>,
}

impl SkillCatalog {
    /// Reads the skills of all sources.
    pub(crate) fn read(sources: Vec<Source>, taken: Taken) -> Result<Self, SkillErrors> {
        // Before the files are read: a change in between is then found by the first look.
        let fingerprint = interval(&sources).map(|_| Fingerprint::take(&sources));
        let catalog = Self {
            snapshot: RwLock::default(),
            sources,
            taken,
            changes: OnceLock::new(),
            turn: Mutex::default(),
            fingerprint: Mutex::new(fingerprint),
        };
        let snapshot = catalog.load()?;
        catalog.replace(snapshot);
        Ok(catalog)
    }

    /// Connects the catalog to the clients of its server.
    pub(crate) fn start(&self, changes: Changes) {
        let _ = self.changes.set(changes);
    }

    /// Returns the time between two looks at the directories; `None` if none is watched.
    pub(crate) fn interval(&self) -> Option<Duration> {
        interval(&self.sources)
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        // Every critical section is one operation, so a poisoned lock is still usable.
        let snapshot = self.snapshot.read();
        Arc::clone(&snapshot.unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        let mut current = self
            .snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut current, snapshot)
    }

    fn load(&self) -> Result<Snapshot, SkillErrors> {
        let snapshot = Snapshot::read(&self.sources)?;
        let mut faults = Vec::new();
        for file in snapshot.files.values() {
            if let Some(other) = (self.taken)(&file.uri) {
                let uri = file.uri.clone();
                let problem = SkillProblem::DuplicateUri { uri, other };
                faults.push(SkillFault::new(&file.source, problem));
            }
        }
        faults.sort_by(|a, b| a.path.cmp(&b.path));
        if faults.is_empty() {
            Ok(snapshot)
        } else {
            Err(SkillErrors(faults))
        }
    }

    /// Reads all files again, and replaces the skills if they have no mistakes. Blocks the thread.
    pub(crate) fn reload(&self) -> Result<SkillChanges, SkillErrors> {
        let turn = self.turn.lock();
        let _turn = turn.unwrap_or_else(PoisonError::into_inner);
        let after = self.load()?;
        let before = self.replace(after);
        let after = self.snapshot();
        Ok(self.announce(&before, &after))
    }

    /// Loads the skills again if a watched directory has changed.
    pub(crate) fn look(&self) {
        let fingerprint = Fingerprint::take(&self.sources);
        {
            let kept = self.fingerprint.lock();
            let mut kept = kept.unwrap_or_else(PoisonError::into_inner);
            if kept.as_ref() == Some(&fingerprint) {
                return;
            }
            // Also if the files have mistakes: they are logged once for each change.
            *kept = Some(fingerprint);
        }
        match self.reload() {
            Ok(changes) => tracing::info!(
                added = changes.added.len(),
                removed = changes.removed.len(),
                changed = changes.changed.len(),
                "loaded the skills again"
            ),
            Err(error) => tracing::error!(%error, "the skills stay as they were"),
        }
    }

    /// Notifies clients of the differences. They are visible before, so that a client that lists upon the notification
    /// sees them.
    fn announce(&self, before: &Snapshot, after: &Snapshot) -> SkillChanges {
        let changes = self.changes.get();
        let outer = |uri: &str| changes.map_or_else(|| uri.to_owned(), |it| it.outer(uri));
        let mut differences = SkillChanges::default();
        for (uri, skill) in &after.skills {
            match before.skills.get(uri) {
                None => differences.added.push(outer(uri)),
                Some(old) if old.entry != skill.entry => differences.changed.push(outer(uri)),
                Some(_) => {}
            }
        }
        let removed = before.skills.keys();
        let removed = removed.filter(|it| !after.skills.contains_key(*it));
        differences.removed = removed.map(|it| outer(it)).collect();
        let Some(changes) = changes else {
            return differences;
        };
        if !differences.is_empty() {
            changes.announce(Change::List(ListKind::Resources));
        }
        for (key, file) in &before.files {
            let digest = after.files.get(key).map(|it| &it.digest);
            if digest != Some(&file.digest) {
                changes.announce(Change::Resource(file.uri.as_str().into()));
            }
        }
        differences
    }
}

/// Returns the time between two looks at the directories; `None` if none is watched.
fn interval(sources: &[Source]) -> Option<Duration> {
    let watched = sources.iter().filter_map(Source::watched);
    watched.map(|(_, interval)| interval).min()
}

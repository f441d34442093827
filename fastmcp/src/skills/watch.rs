//! Looks for changes of directories of skills. Only directories that ask for it are watched.

use std::sync::Arc;

use crate::skills::catalog::SkillCatalog;

/// Looks once in each interval, until the server is gone.
pub(crate) fn start(catalog: &Arc<SkillCatalog>) {
    let Some(interval) = catalog.interval() else {
        return;
    };
    let catalog = Arc::downgrade(catalog);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(interval).await;
            let Some(catalog) = catalog.upgrade() else {
                return;
            };
            // A look that panics has changed nothing; the next one finds the change.
            let _ = tokio::task::spawn_blocking(move || catalog.look()).await;
        }
    });
}

//! The methods of a server that add its skills, and load them again.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::server::builder::FastMcp;
use crate::server::running::Server;
use crate::server::started::Started;
use crate::skills::catalog::SkillChanges;
use crate::skills::directory::SkillDirectory;
use crate::skills::error::SkillErrors;

impl FastMcp {
    /// Offers the skills of a directory to clients (SEP-2640): each folder with a `SKILL.md`, at any depth. Several calls
    /// add several directories. The guide [`skills`](crate::guide::skills) has a complete server.
    ///
    /// The files are read once, when the server starts, and served from memory.
    /// [`Server::reload_skills`](Server::reload_skills) and [`SkillDirectory::watch`] read them again. Skills that
    /// [`#[skill]`](macro@crate::skill) embeds need no call. A [selection](FastMcp::select) decides about those, and not about
    /// the skills of a directory.
    ///
    /// ```
    /// use fastmcp::FastMcp;
    /// use fastmcp::skills::SkillDirectory;
    ///
    /// let server = FastMcp::new("shop").skills("skills");
    /// let restricted = FastMcp::new("shop").skills(SkillDirectory::new("skills").scopes(["support"]));
    /// ```
    ///
    /// # Errors
    ///
    /// The server does not start if the directory has no skill, if a skill has a mistake (the error names the file and
    /// the line), if a skill has more than 512 files or 16 MiB, or if two skills have the same URI.
    pub fn skills(mut self, directory: impl Into<SkillDirectory>) -> Self {
        self.0.skills.push(directory.into());
        self
    }
}

impl Server {
    /// Reads the files of all [skills](FastMcp::skills) again, also those of mounted servers, and notifies clients of
    /// the differences: the list of resources has changed, and each changed file.
    ///
    /// ```standalone_crate
    /// use std::fs;
    ///
    /// use fastmcp::FastMcp;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> fastmcp::Result<()> {
    /// # let directory = std::env::temp_dir().join(format!("fastmcp-reload-{}", std::process::id()));
    /// let main = directory.join("refunds/SKILL.md");
    /// fs::create_dir_all(main.parent().unwrap())?;
    /// fs::write(&main, "---\nname: refunds\ndescription: How to refund an order\n---\n")?;
    /// let server = FastMcp::new("shop").skills(directory.as_path()).start().await?;
    ///
    /// fs::write(&main, "---\nname: refunds\ndescription: How to refund a whole order\n---\n")?;
    /// let changes = server.reload_skills().await?;
    /// assert_eq!(changes.changed, ["skill://refunds/SKILL.md"]);
    /// # fs::remove_dir_all(directory)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SkillErrors`] if a skill has a mistake. Then all skills of its server stay as they were.
    pub fn reload_skills(&self) -> BoxFuture<'static, Result<SkillChanges, SkillErrors>> {
        let servers = self.started.iter().flat_map(Started::all);
        let catalogs = servers.filter_map(|it| it.dispatcher.skills.clone());
        let catalogs: Vec<_> = catalogs.collect();
        async move {
            let mut changes = SkillChanges::default();
            let mut faults = Vec::new();
            for catalog in catalogs {
                let reload = tokio::task::spawn_blocking(move || catalog.reload());
                match reload.await {
                    Ok(Ok(more)) => changes.extend(more),
                    Ok(Err(SkillErrors(more))) => faults.extend(more),
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            }
            if faults.is_empty() {
                Ok(changes)
            } else {
                Err(SkillErrors(faults))
            }
        }
        .boxed()
    }
}

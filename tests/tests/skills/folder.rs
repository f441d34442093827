//! A directory of skills that is deleted with its test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use fastmcp::{FastMcp, Selection, Server};

/// A directory of skills.
pub struct Skills(PathBuf);

impl Skills {
    /// Creates an empty directory.
    pub fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("fastmcp-skills-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Creates a directory with the skills `refunds` and `acme/billing`, and `invoices` in the latter.
    pub fn new() -> Self {
        let skills = Self::empty();
        skills.skill("refunds", "How to refund an order");
        skills.write("refunds/templates/a letter.md", "Dear customer");
        skills.write("refunds/logo.png", b"\x89PNG\0\xff");
        skills.write("refunds/.hidden", "secret");
        skills.skill("acme/billing", "How to bill");
        skills.skill("acme/billing/parts/invoices", "How to write an invoice");
        skills.write("README.md", "not part of a skill");
        skills
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let file = self.0.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    /// Writes the `SKILL.md` of a skill.
    pub fn skill(&self, folder: &str, description: &str) {
        let name = folder.rsplit('/').next().unwrap();
        let text = format!("---\nname: {name}\ndescription: {description}\n---\n# {name}\n");
        self.write(&format!("{folder}/SKILL.md"), text);
    }

    /// Returns a server with the skills of the directory, without the embedded one of this program.
    pub fn server(&self) -> FastMcp {
        let server = FastMcp::new("shop").docket(None).skills(self.path());
        server.select(!Selection::tag("embedded"))
    }

    pub async fn start(&self) -> Server {
        self.server().start().await.unwrap()
    }
}

impl Drop for Skills {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

//! How do I offer resources that change, and tell clients about it?
//!
//! ```text
//! notes DIRECTORY        serves standard input and output; each file of the directory is a note
//! ```

use std::path::PathBuf;

use fastmcp::prelude::*;

struct Notes {
    directory: PathBuf,
}

impl Notes {
    /// Returns the path of a note. Names come from clients, so they must not lead out of the directory.
    fn path(&self, name: &str) -> Result<PathBuf> {
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
            return Err(
                ToolError::new("the name of a note has no slash, and no dot at its start").into(),
            );
        }
        Ok(self.directory.join(name))
    }

    async fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut entries = tokio::fs::read_dir(&self.directory).await?;
        while let Some(entry) = entries.next_entry().await? {
            names.extend(entry.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }
}

/// The names of all notes.
#[resource("notes://all")]
async fn all(notes: State<Notes>) -> Result<Vec<String>> {
    notes.names().await
}

/// The text of a note.
#[resource("notes://named/{name}", mime_type = "text/plain")]
async fn note(
    #[arg(complete = names)] name: String,
    notes: State<Notes>,
) -> Result<Option<String>> {
    match tokio::fs::read_to_string(notes.path(&name)?).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        text => Ok(Some(text?)),
    }
}

/// Suggests the names of notes.
#[completion]
async fn names(value: &str, notes: State<Notes>) -> Result<Vec<String>> {
    let mut names = notes.names().await?;
    names.retain(|name| name.starts_with(value));
    Ok(names)
}

/// Writes a note.
#[tool]
async fn write(name: String, text: String, notes: State<Notes>, ctx: Context) -> Result<()> {
    tokio::fs::write(notes.path(&name)?, text).await?;
    // Clients that have subscribed to these resources read them again.
    ctx.notify_resource_updated(&format!("notes://named/{name}"));
    ctx.notify_resource_updated("notes://all");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let Some(directory) = std::env::args().nth(1) else {
        eprintln!("usage: notes DIRECTORY");
        std::process::exit(2);
    };
    let notes = Notes {
        directory: directory.into(),
    };
    Ok(FastMcp::new("notes").state(notes).run().await?)
}

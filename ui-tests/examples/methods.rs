//! A server as a type, whose methods are its tools, resources, prompts and tasks.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs)]

use std::sync::Mutex;

use fastmcp::prelude::*;

/// A library.
#[derive(Default)]
pub struct Library {
    books: Mutex<Vec<String>>,
}

#[tools]
impl Library {
    /// How many books fit.
    pub const SIZE: usize = 3;

    /// Adds a book.
    #[tool(name = "add_book")]
    pub async fn add(&self, title: &str, docket: Docket) -> Result<usize> {
        docket.add(Self::index)(title.to_owned()).await?;
        let mut books = self.books.lock().map_err(|_| ToolError::new("lost"))?;
        books.push(title.to_owned());
        Ok(books.len())
    }

    /// Puts a book into the index.
    #[task(retry(attempts = 3))]
    pub async fn index(&self, mut title: String, progress: Progress) -> Result<usize> {
        title.make_ascii_lowercase();
        progress.set_message(title.clone()).await?;
        Ok(self.count() + title.len())
    }

    #[fastmcp::resource("library://{shelf}/books")]
    async fn books(&self, shelf: u8) -> String {
        format!("{shelf}: {}", self.count())
    }

    #[prompt]
    fn recommend(&self, topic: String) -> String {
        format!("Recommend one of {} books about {topic}", self.count())
    }

    #[tool]
    fn size() -> usize {
        Self::SIZE
    }

    #[task]
    async fn without_self(times: u32) -> u32 {
        times
    }

    fn count(&self) -> usize {
        self.books.lock().map_or(0, |books| books.len())
    }
}

fn main() {
    async fn uses(docket: Docket, library: Library, progress: Progress) -> Result<()> {
        let _: usize = docket.add(Library::index)("Dune".into())
            .await?
            .result()
            .await?;
        docket.add(Library::without_self)(3).await?;
        library.index("Dune".into(), progress).await?;
        Ok(())
    }
    let _ = (uses, FastMcp::new("library").state(Library::default()));
}

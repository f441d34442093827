//! How do tools share state, and how are they methods of a type?
//!
//! ```text
//! library        serves standard input and output
//! ```

use std::collections::BTreeMap;
use std::sync::RwLock;

use fastmcp::prelude::*;

#[fastmcp::data]
#[derive(Clone)]
struct Book {
    title: String,
    author: String,
    /// The year of the first edition
    year: Option<i32>,
}

/// The state of the server: one value for all calls and all clients.
struct Library {
    books: RwLock<BTreeMap<u32, Book>>,
}

impl Library {
    fn new() -> Self {
        let emma = Book {
            title: "Emma".into(),
            author: "Jane Austen".into(),
            year: Some(1815),
        };
        Self {
            books: RwLock::new(BTreeMap::from([(1, emma)])),
        }
    }
}

#[tools]
impl Library {
    /// Finds books by a word of their title or author.
    #[tool(annotations(read_only))]
    fn find(&self, #[arg(length = 1..)] word: &str) -> Vec<Book> {
        let books = self.books.read().expect("no writer panics");
        let matches = |book: &&Book| book.title.contains(word) || book.author.contains(word);
        books.values().filter(matches).cloned().collect()
    }

    /// Adds a book, and returns its number.
    #[tool]
    fn add(&self, book: Book) -> u32 {
        let mut books = self.books.write().expect("no writer panics");
        let number = books.keys().next_back().map_or(1, |last| last + 1);
        books.insert(number, book);
        number
    }

    /// A book by its number.
    #[resource("books://{number}")]
    fn book(&self, number: u32) -> Option<Book> {
        let books = self.books.read().expect("no writer panics");
        books.get(&number).cloned()
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("library").state(Library::new()).run().await?)
}

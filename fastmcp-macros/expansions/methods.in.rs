#[tools]
impl Library {
    /// How many books there are.
    #[tool]
    fn count(&self) -> usize {
        self.books.len()
    }

    #[task]
    async fn index(&self, title: String) {
        self.index.insert(title);
    }
}

/// The pool of the database.
#[dependency(shared)]
async fn pool(settings: State<Settings>) -> Result<Pool> {
    Pool::connect(&settings.url).await
}

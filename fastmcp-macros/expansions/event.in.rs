/// A build has finished.
#[event(name = "build.finished")]
fn build_finished(
    /// The repository to watch
    repository: &str,
    #[payload] build: &Build,
) -> bool {
    build.repository == repository
}

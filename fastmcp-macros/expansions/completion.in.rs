/// The topics.
#[completion(timeout = "2s", blocking)]
pub fn topics(value: &str, docket: Docket) -> Result<Vec<String>> {
    todo(value, docket)
}

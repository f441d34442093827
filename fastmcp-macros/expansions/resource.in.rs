/// One user.
#[resource("users://{id}/{rest*}{?lang}", mime_type = "application/json")]
async fn user(id: u64, rest: String, lang: Option<String>) -> String {
    format!("{id}{rest}{lang:?}")
}

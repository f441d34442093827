#[prompt]
fn ask(topic: String) -> String {
    topic
}

//! The arguments of prompts, which clients list without a schema and send as text.

use serde_json::{Map, Value, json};

use crate::corpus;

/// The text that stands for a value.
fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[tokio::test]
async fn prompts_say_how_to_write_each_value_and_accept_it() {
    let client = corpus::client().await;
    let prompts = client.list_prompts().await.expect("the prompts are listed");
    let described = corpus::described();
    let rows = described["prompts"].as_array().expect("a list of prompts");
    assert!(rows.len() >= 25, "{}", rows.len());
    for row in rows {
        let name = row["name"].as_str().expect("a name");
        let rust = &row["signature"];
        let listed = prompts.iter().find(|it| it.name == name);
        let listed = json!(listed.expect("each prompt is listed"));
        let argument = &listed["arguments"][0];
        let samples = row["samples"].as_array().expect("samples");
        // The specification: an argument is required, or may be left out.
        let is_optional = samples.contains(&Value::Null);
        assert_eq!(argument["required"], !is_optional, "{rust}");
        let is_text = samples.iter().all(|it| it.is_string() || it.is_null());
        assert!(
            is_text || argument.get("description").is_some(),
            "{rust}: {argument}"
        );
        for sample in samples {
            let mut arguments = Map::new();
            if !sample.is_null() {
                arguments.insert("value".to_owned(), text(sample).into());
            }
            let messages = client.get_prompt(name, arguments.clone()).await;
            assert!(messages.is_ok(), "{rust}: {arguments:?}: {messages:?}");
        }
    }
}

//! Every common shape of Rust type, listed by a server and checked against the rules of each host.

mod checkers;
mod corpus;
mod forms;
mod limits;
mod output;
mod prompts;
mod results;
mod rules;
mod validator;
mod walk;

use serde_json::{Value, json};

use crate::checkers::{CLIENTS, HOSTS, Rule, broken};
use crate::corpus::Signature;

/// Returns `true` if a lint about the tool tells users of the broken rule.
fn is_linted(rule: &Rule, signature: &Signature) -> bool {
    let has = |code: &str| signature.lints.iter().any(|it| it == code);
    match rule.lint {
        Some("tagged-enum") => ["tagged-enum", "untagged-enum", "mixed-list"]
            .iter()
            .any(|it| has(it)),
        Some(code) => has(code),
        None => false,
    }
}

/// Removes the fields that are `null`: portable schemas list optional fields without it.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(key, value)| (key.clone(), without_null(value)))
                .collect()
        }
        Value::Array(list) => {
            let kept = list.iter().filter(|value| !value.is_null());
            kept.map(without_null).collect()
        }
        _ => value.clone(),
    }
}

#[tokio::test]
async fn no_host_refuses_a_listed_schema() {
    let signatures = corpus::signatures().await;
    assert!(signatures.len() >= 400, "{}", signatures.len());
    let mut refusals = Vec::new();
    for signature in &signatures {
        for (host, rules) in HOSTS {
            for (rule, path) in broken(rules, &signature.schema) {
                if !is_linted(&rule, signature) {
                    let Signature { rust, schema, .. } = signature;
                    refusals.push(format!(
                        "{rust}: {host}: {} at `{path}`: {schema}",
                        rule.name
                    ));
                }
            }
        }
    }
    assert!(
        refusals.is_empty(),
        "{} refusals:\n{}",
        refusals.len(),
        refusals.join("\n")
    );
}

#[tokio::test]
async fn no_client_refuses_the_schema_of_a_result() {
    let mut refusals = Vec::new();
    let mut count = 0;
    for Signature { rust, output, .. } in corpus::signatures().await {
        let Some(schema) = output else {
            continue;
        };
        count += 1;
        for (client, rules) in CLIENTS {
            for (rule, path) in broken(rules, &schema) {
                let rule = rule.name;
                refusals.push(format!("-> {rust}: {client}: {rule} at `{path}`: {schema}"));
            }
        }
    }
    assert!(count >= 200, "{count}");
    assert!(refusals.is_empty(), "{}", refusals.join("\n"));
}

#[tokio::test]
async fn a_listed_schema_accepts_the_values_of_its_type() {
    let mut refusals = Vec::new();
    for signature in corpus::signatures().await {
        let Signature { rust, schema, .. } = &signature;
        assert!(!signature.samples.is_empty(), "{rust}");
        for sample in &signature.samples {
            // The unit type is always `null`, so its field is required and stays.
            let is_required = schema["required"] == json!(["value"]);
            let arguments = match sample {
                Value::Null if !is_required => json!({}),
                sample => json!({ "value": without_null(sample) }),
            };
            // A fixed length counts the members of a tuple or an array that are `null`.
            let has_null_item = sample
                .as_array()
                .is_some_and(|it| it.contains(&Value::Null));
            if let Some(reason) = validator::refusal(schema, &arguments)
                && !(has_null_item && reason.contains("minItems"))
            {
                refusals.push(format!("{rust}: {reason}: {schema}"));
            }
        }
    }
    assert!(
        refusals.is_empty(),
        "{} refusals:\n{}",
        refusals.len(),
        refusals.join("\n")
    );
}

/// Sorts the elements of a set, which have no order.
fn in_order(rust: &str, value: &Value) -> Value {
    match value {
        Value::Array(list) if rust.contains("HashSet") => {
            let mut texts: Vec<String> = list.iter().map(Value::to_string).collect();
            texts.sort();
            texts.into()
        }
        value => value.clone(),
    }
}

#[tokio::test]
async fn a_call_accepts_the_values_of_the_type_and_reads_them_as_they_are() {
    let client = corpus::client().await;
    for signature in corpus::signatures().await {
        for sample in &signature.samples {
            let result = client
                .call_tool(&signature.name, json!({ "value": sample }))
                .await;
            let result = result.expect("the call returns a result");
            let Signature { rust, output, .. } = &signature;
            assert!(!result.is_error, "{rust}: {sample}: {:?}", result.content);
            // The text of the result repeats the argument, so a value that fits is never read
            // differently.
            let text = json!(result.content[0])["text"].take();
            let text = text.as_str().unwrap_or_default();
            let returned = match &**rust {
                "()" => Value::Null,
                "String" => text.into(),
                _ => serde_json::from_str(text).expect("each tool returns JSON"),
            };
            assert_eq!(in_order(rust, &returned), in_order(rust, sample), "{rust}");
            if output.is_some() {
                let content = result.structured_content.unwrap_or_default();
                assert!(
                    content == returned || content["result"] == returned,
                    "{rust}"
                );
            }
        }
    }
}

#[test]
fn each_rule_finds_a_schema_that_breaks_it() {
    for (host, rules) in HOSTS.iter().chain(CLIENTS) {
        for rule in *rules {
            let many: Vec<String> = (0..300).map(|it| it.to_string()).collect();
            let schema = match rule.broken {
                "" => json!({ "type": "string", "enum": many }),
                text => serde_json::from_str(text).unwrap(),
            };
            let found = broken(&[*rule], &schema);
            assert_eq!(found.len(), 1, "{host}: {}", rule.name);
        }
    }
}

#[test]
fn the_rules_and_the_validator_accept_a_plain_schema() {
    let schema = json!({
        "type": "object",
        "properties": {
            "size": { "type": "string", "enum": ["small", "large"] },
            "copies": { "type": "integer", "minimum": 1, "maximum": 9 },
        },
        "required": ["size"],
    });
    for (host, rules) in HOSTS {
        assert!(broken(rules, &schema).is_empty(), "{host}");
    }
    let refusal = |value: Value| validator::refusal(&schema, &value);
    assert_eq!(refusal(json!({ "size": "small", "copies": 1 })), None);
    for refused in [
        json!({}),
        json!([]),
        json!({ "size": "other" }),
        json!({ "size": "small", "copies": 10 }),
        json!({ "size": "small", "copies": "1" }),
    ] {
        assert!(refusal(refused.clone()).is_some(), "{refused}");
    }
}

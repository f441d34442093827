//! Completions, tested through a real client.

use fastmcp::Completions;
use fastmcp::client::{Client, ClientError};
use fastmcp::prelude::*;
use fastmcp::serde_json::json;

struct Atlas(Vec<(&'static str, &'static str)>);

/// The cities that start like this, of a country if that is known.
#[completion]
async fn cities(value: &str, country: Option<String>, atlas: State<Atlas>) -> Vec<String> {
    let fits = |(of, city): &&(&str, &str)| {
        city.starts_with(value) && country.as_deref().is_none_or(|country| country == *of)
    };
    atlas
        .0
        .iter()
        .filter(fits)
        .map(|(_, city)| (*city).to_owned())
        .collect()
}

#[completion]
fn numbers(value: String) -> Result<Completions> {
    if value.starts_with('x') {
        return Err(ToolError::new("no number starts like this").into());
    }
    Ok(Completions::new((0..250).map(|number| format!("{value}{number}"))).with_total(1000))
}

#[prompt]
fn journey(country: String, #[arg(complete = cities)] city: String) -> String {
    format!("{city} in {country}")
}

#[resource("road://{number}/{part}")]
fn road(#[arg(complete = crate::numbers)] number: u32, part: String) -> String {
    format!("{number}{part}")
}

#[fastmcp::data]
#[serde(rename_all = "kebab-case")]
enum Season {
    /// From March to May
    Spring,
    Summer,
    LateSummer,
}

#[prompt]
#[allow(clippy::too_many_arguments, reason = "one of each type")]
fn almanac(
    season: Season,
    next: Option<Season>,
    seasons: Vec<Season>,
    short: bool,
    long: Option<bool>,
    #[arg(complete = numbers)] own: Season,
    number: u8,
) -> String {
    let _ = (season, next, seasons, short, long, own, number);
    String::new()
}

#[resource("weather://{season}/{wet}/{note}")]
fn weather(season: Season, wet: bool, note: String) -> String {
    let _ = (season, wet);
    note
}

async fn start() -> (fastmcp::Server, Client) {
    let atlas = Atlas(vec![
        ("France", "Paris"),
        ("France", "Pau"),
        ("Peru", "Paita"),
    ]);
    let server = FastMcp::new("atlas").state(atlas).start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

#[tokio::test]
async fn a_prompt_argument_is_completed() {
    let (_server, client) = start().await;
    let found = client
        .complete_prompt("journey", "city", "Pa", [])
        .await
        .unwrap();
    assert_eq!(found.values, ["Paris", "Pau", "Paita"]);
    let known = [
        ("country".to_owned(), "Peru".to_owned()),
        ("other".to_owned(), "x".to_owned()),
    ];
    let found = client
        .complete_prompt("journey", "city", "Pa", known)
        .await
        .unwrap();
    assert_eq!(
        (found.values, found.has_more),
        (vec!["Paita".to_owned()], false)
    );
    let none = client
        .complete_prompt("journey", "country", "F", [])
        .await
        .unwrap();
    assert!(
        none.values.is_empty(),
        "an argument without a completion function has no completions"
    );
}

#[tokio::test]
async fn choices_of_a_type_complete_without_a_function() {
    let (_server, client) = start().await;
    let all = ["spring", "summer", "late-summer"];
    let list = r#"["spring","summer"]"#;
    for (argument, text, expected) in [
        ("season", "", &all[..]),
        ("season", "S", &["spring", "summer"]),
        ("season", "x", &[]),
        ("next", "late", &["late-summer"]),
        ("seasons", r#"["spring", "su"#, &[list]),
        ("short", "", &["true", "false"]),
        ("long", "f", &["false"]),
        ("number", "1", &[]),
    ] {
        let found = client.complete_prompt("almanac", argument, text, []).await;
        let found = found.unwrap();
        assert_eq!(found.values, expected, "{argument}: {text}");
        assert!(!found.has_more);
    }
    let own = client.complete_prompt("almanac", "own", "7", []).await;
    assert_eq!(
        own.unwrap().values[0],
        "70",
        "the function takes precedence"
    );
    let template = "weather://{season}/{wet}/{note}";
    for (variable, text, expected) in [
        ("season", "su", &["summer"][..]),
        ("wet", "t", &["true"]),
        ("note", "", &[]),
    ] {
        let found = client.complete_resource(template, variable, text, []).await;
        assert_eq!(found.unwrap().values, expected, "{variable}");
    }
    // A completed text is a value of the type.
    let arguments = json!({
        "season": "late-summer", "seasons": list, "short": "true", "own": "spring", "number": "1",
    });
    client.get_prompt("almanac", arguments).await.unwrap();
    client
        .read_resource("weather://summer/true/dry")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_template_variable_gets_at_most_a_hundred_completions() {
    let (_server, client) = start().await;
    let found = client
        .complete_resource("road://{number}/{part}", "number", "4", [])
        .await
        .unwrap();
    assert_eq!(
        (found.values.len(), found.total, found.has_more),
        (100, Some(1000), true)
    );
    assert_eq!(found.values[1], "41");
}

#[tokio::test]
async fn invalid_completion_requests_are_refused() {
    let (_server, client) = start().await;
    let refused = |result: Result<Completions, ClientError>| match result {
        Err(ClientError::Refused { code, message, .. }) => (code, message),
        other => panic!("{other:?}"),
    };
    let answer = client.complete_prompt("jorney", "city", "", []).await;
    assert_eq!(refused(answer).0, -32602);
    let answer = client.complete_prompt("journey", "citi", "", []).await;
    assert_eq!(
        refused(answer),
        (
            -32602,
            "unknown argument `citi`; did you mean `city`?".into()
        )
    );
    let answer = client
        .complete_resource("road://{x}", "number", "", [])
        .await;
    assert!([-32602, -32002].contains(&refused(answer).0));
    let answer = client
        .complete_resource("road://{number}/{part}", "number", "x", [])
        .await;
    assert!(refused(answer).1.contains("no number starts like this"));
}

#[tokio::test]
async fn hidden_components_have_no_completions() {
    let (server, client) = start().await;
    let template = "road://{number}/{part}";
    let hidden = fastmcp::Selection::name(template) | fastmcp::Selection::name("journey");
    server.hide(&hidden).unwrap();
    for found in [
        client.complete_resource(template, "number", "4", []).await,
        client.complete_prompt("journey", "city", "Pa", []).await,
    ] {
        assert!(
            matches!(
                found,
                Err(ClientError::Refused {
                    code: -32602 | -32002,
                    ..
                })
            ),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn completions_with_unmet_needs_stop_the_start() {
    let error = FastMcp::new("no atlas")
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("completion `cities`") && error.contains("Atlas"),
        "{error}"
    );
}

//! Signs in at the authorization server of a protected MCP server, as rmcp's client does it, and calls tools.

use std::error::Error;

use rmcp::ServiceExt;
use rmcp::model::CallToolRequestParams;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::auth::{AuthClient, AuthorizationRequest, OAuthState};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;

const REDIRECT: &str = "http://127.0.0.1:3030/callback";

/// Follows the redirects of the authorization server, which asks nothing, and returns the address of the callback.
async fn sign_in(url: String) -> Result<String, Box<dyn Error>> {
    let browser = reqwest::Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let mut url = reqwest::Url::parse(&url)?;
    while !url.as_str().starts_with(REDIRECT) {
        let response = browser.get(url.clone()).send().await?;
        let status = response.status();
        let location = response.headers().get("location").cloned();
        let Some(location) = location.filter(|_| status.is_redirection()) else {
            let text = response.text().await?;
            return Err(format!("{url}: {status} {text}").into());
        };
        url = url.join(location.to_str()?)?;
    }
    Ok(url.into())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args()
        .nth(1)
        .ok_or("usage: authorization-client URL")?;
    // The challenge of a request without a token.
    let refused = reqwest::Client::new().post(&url).send().await?;
    let challenge = refused.headers()["www-authenticate"].to_str()?.to_owned();
    println!("{}: {challenge}", refused.status());

    let mut state = OAuthState::new(&url, None).await?;
    let request = AuthorizationRequest::new(REDIRECT).with_client_name("test");
    state
        .start_authorization(request.with_challenge(challenge))
        .await?;
    let callback = sign_in(state.get_authorization_url().await?).await?;
    state.handle_callback_url(&callback).await?;
    let manager = state.into_authorization_manager().ok_or("not authorized")?;
    println!("scopes: {:?}", manager.get_current_scopes().await);

    let http = AuthClient::new(reqwest::Client::new(), manager);
    let config = StreamableHttpClientTransportConfig::with_uri(url);
    let transport = StreamableHttpClientTransport::with_client(http, config);
    let client = ().serve(transport).await?;
    let tools = client.list_all_tools().await?;
    let names: Vec<_> = tools.iter().map(|tool| &*tool.name).collect();
    println!("tools: {names:?}");
    let order = serde_json::json!({ "item": "tea" }).as_object().cloned();
    for (name, arguments) in [("whoami", None), ("write_order", order)] {
        let mut call = CallToolRequestParams::new(name);
        call.arguments = arguments;
        let result = client.call_tool(call).await?;
        println!(
            "{name}: {}",
            serde_json::to_value(&result.content)?[0]["text"]
        );
    }
    client.cancel().await?;
    Ok(())
}

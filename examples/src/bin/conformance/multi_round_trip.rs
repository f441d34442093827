//! Tools and a prompt that ask in multi round-trip requests (revision 2026-07-28).

use fastmcp::InputKind;
use fastmcp::prelude::*;

#[fastmcp::data]
struct Name {
    name: String,
}

#[fastmcp::data]
struct Color {
    color: String,
}

#[fastmcp::data]
struct Consent {
    ok: bool,
}

#[fastmcp::data]
struct Background {
    context: String,
}

/// Greets the user by name.
#[tool]
async fn test_input_required_result_elicitation(ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Name>("What is your name?").key("user_name");
    Ok(format!("Hello, {}!", asked.await?.name))
}

/// Asks the client's model for a capital.
#[tool]
async fn test_input_required_result_sampling(ctx: Context) -> Result<String> {
    let asked = ctx.sample("What is the capital of France?").max_tokens(100);
    Ok(format!("The model says: {}", asked.await?.text()))
}

/// Asks for the client's folders.
#[tool]
async fn test_input_required_result_list_roots(ctx: Context) -> Result<String> {
    let roots = ctx.list_roots().await?;
    let names: Vec<_> = roots.into_iter().map(|root| root.uri).collect();
    Ok(format!("The roots are {}.", names.join(", ")))
}

/// Asks for a confirmation and keeps that it has asked.
#[tool]
async fn test_input_required_result_request_state(ctx: Context) -> Result<&'static str> {
    let consent = ctx.elicit::<Consent>("Go on?").key("confirm").await?;
    Ok(if consent.ok {
        "state-ok"
    } else {
        "state-ok, but you said no"
    })
}

/// Asks user, model and client at once.
#[tool(allow("long-tool-name"))]
async fn test_input_required_result_multiple_inputs(ctx: Context) -> Result<String> {
    let (name, greeting, roots) = tokio::try_join!(
        ctx.elicit::<Name>("What is your name?")
            .key("user_name")
            .into_future(),
        ctx.sample("Write a greeting.")
            .max_tokens(50)
            .key("greeting")
            .into_future(),
        ctx.list_roots().key("client_roots").into_future(),
    )?;
    let (greeting, count) = (greeting.text(), roots.len());
    Ok(format!("{greeting}, {}, with {count} roots", name.name))
}

/// Asks several questions in sequence.
#[tool]
async fn test_input_required_result_multi_round(ctx: Context) -> Result<String> {
    let asked = ctx
        .elicit::<Name>("Step 1: what is your name?")
        .key("step1");
    let name = asked.await?.name;
    let asked = ctx
        .elicit::<Color>("Step 2: which color do you like?")
        .key("step2");
    let color = asked.await?.color;
    Ok(format!("{name} likes {color}."))
}

/// Asks for a confirmation; a tampered request state is refused.
#[tool(allow("long-tool-name"))]
async fn test_input_required_result_tampered_state(ctx: Context) -> Result<String> {
    let consent = ctx.elicit::<Consent>("Go on?").key("confirm").await?;
    Ok(format!("You said {}.", consent.ok))
}

/// Asks only through capabilities that the client has.
#[tool]
async fn test_input_required_result_capabilities(ctx: Context) -> Result<String> {
    let user = async {
        if ctx.can_ask_for(InputKind::Form) {
            let asked = ctx.elicit::<Name>("What is your name?").key("user_name");
            return Ok(asked.await?.name);
        }
        Ok::<_, fastmcp::InputError>("nobody".to_owned())
    };
    let model = async {
        if ctx.can_ask_for(InputKind::Sampling) {
            return Ok(ctx
                .sample("Write a greeting.")
                .key("greeting")
                .await?
                .text());
        }
        Ok("Hello".to_owned())
    };
    let (user, model) = tokio::try_join!(user, model)?;
    Ok(format!("{model}, {user}!"))
}

/// Asks for its topic.
#[prompt]
async fn test_input_required_result_prompt(ctx: Context) -> Result<String> {
    let asked = ctx
        .elicit::<Background>("What is it about?")
        .key("user_context");
    Ok(format!(
        "Answer in the context of {}.",
        asked.await?.context
    ))
}

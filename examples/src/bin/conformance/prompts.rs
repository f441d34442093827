//! Prompts with every kind of content, and completions of an argument.

use fastmcp::mcp::ContentBlock;
use fastmcp::{content, prelude::*};

use crate::content::PNG;

/// Takes nothing.
#[prompt]
fn test_simple_prompt() -> &'static str {
    "This is a simple prompt for testing."
}

/// Completes an argument.
#[completion]
fn words(value: &str) -> Vec<String> {
    let words = ["paris", "park", "party"].into_iter();
    words
        .filter(|word| word.starts_with(value))
        .map(Into::into)
        .collect()
}

/// Takes two arguments.
#[prompt]
fn test_prompt_with_arguments(
    /** The first word */
    #[arg(complete = words)]
    arg1: String,
    /** The second word */
    arg2: String,
) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// Contains a resource.
#[prompt]
fn test_prompt_with_embedded_resource(
    #[arg(rename = "resourceUri")] resource_uri: String,
) -> [ContentBlock; 2] {
    let text = "Embedded resource content for testing.";
    [
        content::text_resource(&resource_uri, "text/plain", text),
        content::text("Please process the embedded resource above."),
    ]
}

/// Contains an image.
#[prompt]
fn test_prompt_with_image() -> [ContentBlock; 2] {
    [
        content::image(PNG, "image/png"),
        content::text("Please describe the picture above."),
    ]
}

//! How does a tool return images, links, structured data for programs and text for people?
//!
//! ```text
//! pictures        serves standard input and output
//! ```

use fastmcp::{ProtocolError, ToolResult, content, prelude::*};

#[fastmcp::data]
struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// Draws a square of one colour.
#[tool(annotations(read_only))]
fn square(colour: Colour, #[arg(range = 1..=512, default = 16)] size: u16) -> ToolResult {
    let Colour { red, green, blue } = colour;
    // The simplest format of images: a header, and three bytes for each pixel.
    let mut image = format!("P6 {size} {size} 255\n").into_bytes();
    for _ in 0..u32::from(size) * u32::from(size) {
        image.extend([red, green, blue]);
    }
    let picture = content::image(image, "image/x-portable-pixmap");
    let caption = content::text(format!("a square of #{red:02x}{green:02x}{blue:02x}"));
    ToolResult::new([picture, caption])
}

/// Returns the brightness of a colour, between 0 and 1.
#[tool(annotations(read_only))]
fn brightness(colour: Colour) -> f64 {
    let Colour { red, green, blue } = colour;
    (0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)) / 255.0
}

/// A palette by its name.
#[resource("palettes://{name}")]
fn palette(name: String) -> Result<Vec<Colour>> {
    match name.as_str() {
        "grey" => Ok((0..=4)
            .map(|it| it * 51)
            .map(|it| Colour {
                red: it,
                green: it,
                blue: it,
            })
            .collect()),
        // A client is a program: it reads the code and the data of a JSON-RPC error.
        _ => Err(ProtocolError::new(-32602, format!("there is no palette `{name}`")).into()),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("pictures").run().await?)
}

//! How does a tool ask the user, with a form and with a yes or no?
//!
//! ```text
//! confirm        serves standard input and output
//! ```

use fastmcp::context::Elicited;
use fastmcp::prelude::*;

#[fastmcp::data]
struct Booking {
    /// The number of seats
    #[schemars(range(min = 1, max = 8))]
    seats: u8,
    class: Class,
    /// A seat by the window
    #[serde(default)]
    window: bool,
}

#[fastmcp::data]
enum Class {
    First,
    Second,
}

/// Books seats on a train.
#[tool]
async fn book(
    /// The client is asked for a missing argument, before the body runs
    #[arg(ask = "Which train?")]
    train: String,
    ctx: Context,
) -> Result<String> {
    // In protocol 2026-07-28, the body runs again from its start with each answer: ask before you act.
    let booking: Booking = ctx.elicit(format!("Your booking on {train}")).await?;
    let class = match booking.class {
        Class::First => "first",
        Class::Second => "second",
    };
    let question = format!("Book {} seats in {class} class?", booking.seats);
    match ctx.elicit::<()>(question).response().await? {
        Elicited::Accepted(()) => Ok(format!("booked {} seats on {train}", booking.seats)),
        Elicited::Declined => Ok("the user declined".into()),
        Elicited::Cancelled => Ok("the user closed the question".into()),
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("confirm").run().await?)
}

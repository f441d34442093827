//! A vote with a page: the model shows the board, and the user votes on its page.
//!
//! ```text
//! apps [ADDRESS]
//! ```
//!
//! Without an address, it serves standard input and output, for hosts that start their servers. Hosts without MCP Apps
//! show the text of `show_board`.

use std::sync::{Mutex, PoisonError};

use fastmcp::prelude::*;

/// The question on the board.
const QUESTION: &str = "What shall we drink at the meeting?";

#[fastmcp::data]
#[derive(Clone, Copy, PartialEq)]
enum Drink {
    Tea,
    Coffee,
    Water,
}

#[fastmcp::data]
struct Choice {
    drink: Drink,
    votes: u32,
}

/// The state of a vote.
#[fastmcp::data]
struct Board {
    question: String,
    choices: Vec<Choice>,
}

/// The votes so far.
#[derive(Default)]
struct Votes(Mutex<Vec<Drink>>);

impl Votes {
    fn board(&self) -> Board {
        let votes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let choices = [Drink::Tea, Drink::Coffee, Drink::Water].map(|drink| {
            let votes = votes.iter().filter(|it| **it == drink).count();
            Choice {
                drink,
                votes: u32::try_from(votes).unwrap_or(u32::MAX),
            }
        });
        Board {
            question: QUESTION.to_owned(),
            choices: choices.into(),
        }
    }
}

/// Shows the user a board to vote for a drink, and returns the votes so far.
#[tool(ui = "ui://board/view.html", annotations(read_only))]
async fn show_board(votes: State<Votes>) -> Board {
    votes.board()
}

/// Adds a vote. Only the page calls it, so that no model votes.
#[tool(ui(app_only))]
async fn vote(drink: Drink, votes: State<Votes>) -> Board {
    let mut all = votes.0.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(drink);
    drop(all);
    votes.board()
}

/// The page of the board.
#[resource("ui://board/view.html", title = "Vote", prefers_border)]
fn view() -> &'static str {
    include_str!("view.html")
}

pub(crate) fn server() -> FastMcp {
    FastMcp::new("board").state(Votes::default())
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    match std::env::args().nth(1) {
        Some(address) => server().run_http(&address).await?,
        None => server().run().await?,
    }
    Ok(())
}

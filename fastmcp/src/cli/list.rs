//! `list`: the components of a server.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::cli::catalog::{Catalog, Item, Kind};
use crate::cli::commands::{List, Target};
use crate::cli::failure::{CommandResult, Failure};
use crate::cli::safe_text;
use crate::cli::table::{Cell, Table};
use crate::cli::terminal::{Screen, Style, note, print};
use crate::client::Client;
use crate::server::builder::FastMcp;
use crate::server::describe::ServerDescription;

pub(crate) async fn run(server: FastMcp, options: List) -> CommandResult {
    let catalog = catalog(server, &options.target).await?;
    if options.json {
        return print(&(safe_text::json(&as_json(&catalog)) + "\n"));
    }
    note_proxies(&catalog);
    print(&as_text(&catalog, &Screen::stdout()))
}

/// Returns the components of the server of a command.
pub(crate) async fn catalog(server: FastMcp, target: &Target) -> CommandResult<Catalog> {
    if target.is_own() {
        return Ok(Catalog::of_own(ServerDescription::of(server.0)?));
    }
    let client = target.connect(Client::builder).await?;
    let catalog = Catalog::of_client(&client).await;
    client.close().await;
    catalog
}

/// Says that the components of remote servers are missing.
pub(crate) fn note_proxies(catalog: &Catalog) {
    for prefix in &catalog.proxies {
        note(&format!(
            "note: the components of the remote server `{}` are known only while the server runs; use `--url` or \
             `-- COMMAND` to see them",
            safe_text::line(prefix)
        ));
    }
}

fn as_json(catalog: &Catalog) -> Value {
    let mut json = Map::new();
    json.insert("server".into(), catalog.server.clone().into());
    for kind in Kind::ALL {
        let items = catalog.of_kind(kind).map(|item| item.listing.clone());
        json.insert(kind.list().into(), items.collect());
    }
    json.into()
}

fn as_text(catalog: &Catalog, screen: &Screen) -> String {
    let title = safe_text::line(&catalog.title());
    let mut text = screen.paint(Style::Heading, &title) + "\n";
    for kind in Kind::ALL {
        let mut items = catalog.of_kind(kind).peekable();
        if items.peek().is_none() {
            continue;
        }
        let heading = match kind {
            Kind::Template => "resource templates",
            kind => kind.list(),
        };
        let _ = write!(text, "\n{}\n", screen.paint(Style::Heading, heading));
        let mut table = Table::default();
        for item in items {
            table.row([
                Cell::new(Style::Name, item.key()),
                Cell::new(Style::Faint, item.arguments().join(", ")),
                Cell::plain(first_sentence(item)),
            ]);
        }
        text += &table.render(screen, 2);
    }
    if catalog.items.is_empty() {
        text += "no components\n";
    }
    text
}

/// Returns the first paragraph of a description.
fn first_sentence(item: &Item) -> String {
    let paragraph = item.description().split("\n\n").next();
    paragraph.unwrap_or_default().to_owned()
}

/// Returns the item with this name or URI.
pub(crate) fn find<'a>(catalog: &'a Catalog, name: &str) -> CommandResult<&'a Item> {
    let found = catalog.items.iter().find(|item| item.key() == name);
    found.ok_or_else(|| unknown("component", name, catalog.items.iter().map(Item::key)))
}

/// Returns the error about a name that the server does not have.
pub(crate) fn unknown<'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Failure {
    let nearest = crate::text::nearest(name, known.clone());
    let suggestion = crate::text::did_you_mean(nearest);
    let known: Vec<&str> = known.take(20).collect();
    let list = match (nearest, known.is_empty()) {
        (Some(_), _) => String::new(),
        (None, true) => "; it has none".to_owned(),
        (None, false) => format!("; it has {}", known.join(", ")),
    };
    Failure::usage(format!(
        "the server has no {what} `{name}`{suggestion}{list}"
    ))
}

//! `inspect`: components with their schemas, tokens, dependencies, lints and places in the source.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::app_meta;
use crate::cli::catalog::{BYTES_PER_TOKEN, Catalog, Item, Kind};
use crate::cli::commands::Inspect;
use crate::cli::failure::CommandResult;
use crate::cli::list::{catalog, find, note_proxies};
use crate::cli::safe_text;
use crate::cli::table::{Cell, Table};
use crate::cli::terminal::{Screen, Style, print};
use crate::component::lint::Lint;
use crate::component::registry::description::{Description, InjectedParameter};
use crate::server::builder::FastMcp;

pub(crate) async fn run(server: FastMcp, options: Inspect) -> CommandResult {
    let catalog = catalog(server, &options.target).await?;
    let screen = Screen::stdout();
    if let Some(name) = &options.name {
        let item = find(&catalog, name)?;
        return print(&if options.json {
            safe_text::json(&item_json(&catalog, item)) + "\n"
        } else {
            item_text(&catalog, item, &screen)
        });
    }
    if options.json {
        return print(&(safe_text::json(&as_json(&catalog)) + "\n"));
    }
    note_proxies(&catalog);
    print(&as_text(&catalog, &screen))
}

/// Returns the lints of one component; with `None`, those about the whole server.
fn lints<'a>(catalog: &'a Catalog, item: Option<&'a Item>) -> impl Iterator<Item = &'a Lint> {
    let described = item.and_then(|item| catalog.described(item));
    let lints = catalog.own.iter().flat_map(|own| &own.lints);
    lints.filter(move |lint| match (item, described) {
        // The name of a lint has no prefix, so the location tells components of mounted servers apart.
        (Some(_), Some(description)) => {
            lint.location.is_some() && lint.location == description.component.location
        }
        (Some(_), None) => false,
        (None, _) => lint.location.is_none(),
    })
}

fn total_tokens(catalog: &Catalog) -> usize {
    catalog.items.iter().map(Item::tokens).sum()
}

fn as_json(catalog: &Catalog) -> Value {
    let items = catalog.items.iter().map(|item| item_json(catalog, item));
    let mut json = json!({
        "server": catalog.server,
        "components": items.collect::<Vec<_>>(),
        "tokens": { "total": total_tokens(catalog), "bytesPerToken": BYTES_PER_TOKEN },
    });
    if let Some(own) = &catalog.own {
        json["docket"] = own.has_docket.into();
        json["proxies"] = json!(own.proxies);
        json["lints"] = lints(catalog, None).map(lint_json).collect();
    }
    json
}

/// Returns a lint as JSON.
pub(crate) fn lint_json(lint: &Lint) -> Value {
    json!({
        "code": lint.code,
        "kind": lint.kind,
        "component": lint.component,
        "file": lint.location.map(|it| it.file),
        "line": lint.location.map(|it| it.line),
        "path": lint.path,
        "message": lint.message,
    })
}

fn item_json(catalog: &Catalog, item: &Item) -> Value {
    let mut json = json!({ "kind": item.kind.name(), "name": item.key(), "listing": item.listing });
    if item.kind == Kind::Tool {
        json["tokens"] = item.tokens().into();
    }
    let Some(description) = catalog.described(item) else {
        return json;
    };
    let component = &description.component;
    if let Some(location) = component.location {
        json["file"] = location.file.into();
        json["line"] = location.line.into();
        json["module"] = location.module.into();
    }
    json["tags"] = json!(component.tags());
    json["scopes"] = json!(component.scopes());
    let dependencies = description.dependencies.iter().map(|it| {
        let providers = it.requirements.iter().flat_map(|it| &it.path);
        let mut providers: Vec<Value> = providers
            .map(|it| {
                json!({ "name": it.provider, "file": it.location.file, "line": it.location.line })
            })
            .collect();
        providers.dedup();
        json!({
            "parameter": it.name,
            "type": it.type_name,
            "docket": it.uses_docket(),
            "worker": it.uses_worker(),
            "providers": providers,
            "arguments": it.arguments(),
        })
    });
    json["dependencies"] = dependencies.collect();
    json["task"] = match description.task {
        None => Value::Null,
        Some(task) if task.required => "required".into(),
        Some(_) => "optional".into(),
    };
    json["lints"] = lints(catalog, Some(item)).map(lint_json).collect();
    json
}

fn as_text(catalog: &Catalog, screen: &Screen) -> String {
    let title = safe_text::line(&catalog.title());
    let mut text = screen.paint(Style::Heading, &title) + "\n\n";
    let mut table =
        Table::with_heading(&["kind", "name", "tokens", "lints", "dependencies", "source"]);
    for item in &catalog.items {
        let description = catalog.described(item);
        let found = lints(catalog, Some(item)).count();
        let tokens = match item.kind {
            Kind::Tool => item.tokens().to_string(),
            _ => String::new(),
        };
        table.row([
            Cell::new(Style::Faint, item.kind.name()),
            Cell::new(Style::Name, item.key()),
            Cell::number(tokens),
            match found {
                0 => Cell::number(""),
                found => Cell::number(found).styled(Style::Warning),
            },
            Cell::plain(description.map(dependencies).unwrap_or_default()),
            Cell::new(Style::Faint, description.map(source).unwrap_or_default()),
        ]);
    }
    text += &table.render(screen, 0);
    let _ = write!(
        text,
        "\nThe tools take about {} tokens of each request to a model, at {BYTES_PER_TOKEN} bytes of JSON per token.\n",
        total_tokens(catalog)
    );
    for lint in lints(catalog, None) {
        text += &(lint_text(lint, screen) + "\n");
    }
    text
}

/// Returns a lint as one line.
pub(crate) fn lint_text(lint: &Lint, screen: &Screen) -> String {
    let place = match lint.location {
        Some(location) => format!("{location}: "),
        None => String::new(),
    };
    let path = match lint.path.as_str() {
        "" => String::new(),
        path => format!(", `{path}`"),
    };
    format!(
        "{}{} {} `{}`{}: {}",
        safe_text::line(&place) + if place.is_empty() { "" } else { " " },
        screen.paint(Style::Warning, lint.code),
        lint.kind,
        safe_text::line(&lint.component),
        safe_text::line(&path),
        safe_text::line(&lint.message),
    )
}

fn dependencies(description: &Description) -> String {
    let names = description.dependencies.iter();
    let names: Vec<&str> = names.map(|it| it.type_name.as_str()).collect();
    names.join(", ")
}

fn source(description: &Description) -> String {
    let location = description.component.location;
    location.map_or_else(|| "added by the program".to_owned(), |it| it.to_string())
}

fn item_text(catalog: &Catalog, item: &Item, screen: &Screen) -> String {
    let key = safe_text::line(item.key());
    let mut text = format!(
        "{} {}\n",
        item.kind.name(),
        screen.paint(Style::Heading, &key)
    );
    let description = safe_text::lines(item.description());
    if !description.is_empty() {
        let _ = write!(text, "\n{description}\n");
    }
    let mut facts = Table::default();
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            facts.row([Cell::new(Style::Faint, name), Cell::plain(value)]);
        }
    };
    let described = catalog.described(item);
    fact("source", described.map(source).unwrap_or_default());
    if item.kind == Kind::Tool {
        fact("tokens", format!("about {}", item.tokens()));
        let page = app_meta::page_of(&item.listing).map(safe_text::line);
        fact("page", page.unwrap_or_default());
        if app_meta::is_json_hidden_from_models(&item.listing) {
            fact("callers", "pages of the server, not the model".to_owned());
        }
    }
    if let Some(description) = described {
        fact("tags", description.component.tags().join(", "));
        fact("scopes", description.component.scopes().join(", "));
        let task = match description.task {
            None => "",
            Some(task) if task.required => "calls are always tasks",
            Some(_) => "calls can be tasks",
        };
        fact("task", task.to_owned());
        for dependency in &description.dependencies {
            fact("injected", injected_text(dependency));
        }
    }
    let facts = facts.render(screen, 0);
    if !facts.is_empty() {
        let _ = write!(text, "\n{facts}");
    }
    for (name, key) in [
        ("arguments", "inputSchema"),
        ("result", "outputSchema"),
        ("arguments", "arguments"),
    ] {
        if !item.listing[key].is_null() {
            let heading = screen.paint(Style::Heading, name);
            let _ = write!(
                text,
                "\n{heading}\n{}\n",
                safe_text::json(&item.listing[key])
            );
        }
    }
    let mut found = lints(catalog, Some(item)).peekable();
    if found.peek().is_some() {
        let _ = write!(text, "\n{}\n", screen.paint(Style::Heading, "lints"));
    }
    for lint in found {
        text += &(lint_text(lint, screen) + "\n");
    }
    text
}

fn injected_text(dependency: &InjectedParameter) -> String {
    let mut text = format!("{}: {}", dependency.name, dependency.type_name);
    let mut steps: Vec<String> = Vec::new();
    for step in dependency.requirements.iter().flat_map(|it| &it.path) {
        let step = format!("{} ({})", step.provider, step.location);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    if !steps.is_empty() {
        let _ = write!(text, ", through {}", steps.join(", "));
    }
    let arguments = dependency.arguments();
    if !arguments.is_empty() {
        let _ = write!(text, ", from {}", arguments.join(", "));
    }
    text
}

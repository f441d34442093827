//! What is said of an option that an attribute does not take.
//!
//! In this order: a name that is near; where an option of this name belongs; all that there are.

/// Where options belong that are written elsewhere. Of those that several attributes take, only
/// those that lack them ask.
const HOMES: [(&[&str], &str); 9] = [
    (
        &["read_only", "destructive", "idempotent", "open_world"],
        "write `annotations({})` in `#[tool(…)]`",
    ),
    (
        &["audience", "priority", "last_modified"],
        "write `annotations({} …)` in `#[resource(…)]`",
    ),
    (&["mime_type"], "it belongs to `#[resource]`"),
    (
        &["input_schema", "output_schema", "lenient"],
        "it belongs to `#[tool]`",
    ),
    (
        &["annotations"],
        "it belongs to `#[tool]` and `#[resource]`",
    ),
    (&["shared"], "it belongs to `#[dependency]`"),
    (
        &[
            "retry",
            "perpetual",
            "cron",
            "concurrency",
            "rate_limit",
            "debounce",
            "cooldown",
            "priority",
            "logged",
        ],
        "it belongs to `#[task]`",
    ),
    (
        &[
            "default",
            "rename",
            "min",
            "max",
            "range",
            "length",
            "pattern",
            "examples",
            "deprecated",
            "header",
            "complete",
        ],
        "it belongs to an argument: write `#[arg({} …)]` before the parameter",
    ),
    (
        &[
            "name", "title", "icons", "tags", "meta", "timeout", "enabled", "blocking", "crate",
        ],
        "it belongs to the attribute of the function",
    ),
];

/// Names that people know from elsewhere, and the option that is meant.
const OTHER_NAMES: [(&[&str], &str); 8] = [
    (
        &["readonly", "readOnly", "readOnlyHint", "read_only_hint"],
        "read_only",
    ),
    (&["destructive_hint", "destructiveHint"], "destructive"),
    (&["idempotent_hint", "idempotentHint"], "idempotent"),
    (&["open_world_hint", "openWorldHint"], "open_world"),
    (&["desc", "doc", "help"], "description"),
    (&["alias"], "rename"),
    (&["ge", "minimum", "le", "maximum"], "range"),
    (&["regex"], "pattern"),
];

/// The text for an option that `attribute`, which takes the `known` ones, does not take.
pub(super) fn message(attribute: &str, name: &str, known: &[&str]) -> String {
    let other = OTHER_NAMES.iter().find(|(names, _)| names.contains(&name));
    let meant = other.map_or(name, |(_, meant)| *meant);
    if meant != name && known.contains(&meant) {
        return format!("unknown option `{name}`; did you mean `{meant}`?");
    }
    let is_of_resource = |way: &str| way.contains("resource");
    let mut homes = HOMES.iter().filter(|(names, _)| names.contains(&meant));
    let home = match attribute {
        // What a task or a provider lacks there, no argument of theirs has.
        "arg" => None,
        // A task has a `priority` too.
        "resource" => homes
            .clone()
            .find(|(_, way)| is_of_resource(way))
            .or(homes.next()),
        _ => homes.next_back(),
    };
    if let Some((_, way)) = home {
        return format!("unknown option `{name}`: {}", way.replace("{}", meant));
    }
    let nearest = known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, nearest)) = nearest {
        return format!("unknown option `{name}`; did you mean `{nearest}`?");
    }
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    let attribute = match attribute.strip_suffix("(…)") {
        Some(option) => format!("`{option}(…)`"),
        None => format!("`#[{attribute}]`"),
    };
    format!(
        "unknown option `{name}`; {attribute} takes {}",
        known.join(", ")
    )
}

//! The table of all options: names, owners, aliases and value forms.
//!
//! It is the only list of options. Parsing, suggestions, the errors about misplaced options and invalid
//! values, and the test of the documentation read it.

use super::owner::Owner::{
    self, Argument, Completion, Concurrency, Cooldown, Cron, Csp, Data, Debounce, Dependency,
    Event, Permissions, Perpetual, PlainArgument, Prompt, RateLimit, Resource, ResourceAnnotations,
    Retry, Skill, Task, Tool, ToolAnnotations, ToolTask, ToolUi, Tools,
};

/// One option.
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// The lists that accept it.
    pub(crate) owners: &'static [Owner],
    /// Names of the same option in other libraries and in the protocol.
    aliases: &'static [&'static str],
    pub(crate) form: Form,
}

/// The form of an option's value. The texts are examples for error messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// A string literal.
    Text,
    /// Nothing, or a `bool`.
    Flag,
    /// Nothing.
    Marker,
    /// Any expression.
    Expression(&'static str),
    /// A range.
    Range(&'static str),
    /// `"30s"`, or an expression of type `Duration`.
    Duration,
    /// `"100kB"`, or an expression of type `usize`.
    Size,
    /// Values in parentheses.
    List(&'static str),
    /// Options in parentheses.
    Group(&'static str),
    /// A value and then options, in parentheses.
    Call(&'static str),
    /// JSON, or an expression that returns JSON.
    Json,
    /// A type, JSON, or an expression that returns JSON.
    Schema,
    /// A path.
    Path(&'static str),
    /// One of several forms, which the text lists.
    OneOf(&'static str),
}

/// The attributes of components, which servers list.
const COMPONENTS: &[Owner] = &[Tool, Resource, Prompt];
/// The attributes of functions that run during a request.
const CALLED: &[Owner] = &[Tool, Resource, Prompt, Completion];

const TASK_FORMS: &str = "`task` (the client chooses), `task = \"required\"`, or \
                          `task(required, poll = \"2s\", ttl = \"1h\")`";
const UI_FORMS: &str =
    "`ui = \"ui://app/view.html\"`, or `ui(resource = \"ui://app/view.html\", app_only)`";
const HEARTBEAT_FORMS: &str = "`heartbeat` (every 15 seconds), `heartbeat = \"30s\"` or \
                               `heartbeat = false`";
const SCHEMAS: &str = "`schemas = \"exact\"` or `schemas = \"portable\"`";
const WIDE_INTEGERS: &str = "`wide_integers = \"text\"` or `wide_integers = \"number\"`";
const PRIORITIES: &str = "`priority = high`, `priority = normal` or `priority = low`";

/// All options, in the order in which error messages list them.
#[rustfmt::skip]
pub(crate) const TABLE: &[Spec] = &[
    row("name", &[Tool, Resource, Prompt, Task, Event], &[], Form::Text),
    row("title", COMPONENTS, &[], Form::Text),
    row("description", &[Tool, Resource, Prompt, Event, Argument, PlainArgument], &["desc", "doc", "help"], Form::Text),
    row("mime_type", &[Resource], &[], Form::Text),
    row("icons", COMPONENTS, &[], Form::List("\"https://…\"")),
    row("path", &[Skill], &["folder", "directory"], Form::Text),
    row("tags", &[Tool, Resource, Prompt, Skill], &[], Form::List("\"one\", \"two\"")),
    row("scopes", &[Tool, Resource, Prompt, Event, Skill, Tools], &["scope", "requires"], Form::List("\"orders:read\"")),
    row("annotations", &[Tool], &[], Form::Group("read_only, open_world = false")),
    row("annotations", &[Resource], &[], Form::Group("audience(\"user\"), priority = 0.8")),
    row("meta", &[Tool, Resource, Prompt, Event], &[], Form::Json),
    row("ui", &[Tool], &["resource_uri", "resourceUri"], Form::OneOf(UI_FORMS)),
    row("csp", &[Resource], &["content_security_policy"], Form::Group("connect(\"https://api.example.com\")")),
    row("permissions", &[Resource], &[], Form::Group("clipboard_write")),
    row("domain", &[Resource], &[], Form::Expression("\"…\"")),
    row("prefers_border", &[Resource], &["border", "prefersBorder"], Form::Flag),
    row("input_schema", &[Tool], &[], Form::Json),
    row("output_schema", &[Tool], &[], Form::Schema),
    row("schemas", &[Tool], &[], Form::OneOf(SCHEMAS)),
    row("wide_integers", &[Tool], &["big_integers", "bigint"], Form::OneOf(WIDE_INTEGERS)),
    row("allow", &[Tool], &[], Form::List("\"wide-integer\"")),
    row("retry", &[Task], &[], Form::Group("attempts = 3, delay = \"5s\"")),
    row("discard_failed", &[Task], &[], Form::Marker),
    row("timeout", &[Tool, Resource, Prompt, Completion, Task], &[], Form::Duration),
    row("enabled", &[Tool, Resource, Prompt, Event], &[], Form::Flag),
    row("lenient", &[Tool], &[], Form::Flag),
    row("strict", &[Tool], &[], Form::Flag),
    row("ignore_unknown", &[Tool], &["allow_unknown", "additional_properties"], Form::Flag),
    row("heartbeat", &[Tool], &["keepalive", "keep_alive"], Form::OneOf(HEARTBEAT_FORMS)),
    row("max_answer", &[Tool], &["max_size", "max_output"], Form::Size),
    row("blocking", CALLED, &[], Form::Flag),
    row("task", &[Tool], &[], Form::OneOf(TASK_FORMS)),
    row("perpetual", &[Task], &[], Form::Group("every = \"1h\"")),
    row("cron", &[Task], &[], Form::Call("\"0 3 * * *\"")),
    row("concurrency", &[Task], &[], Form::Call("2, per = argument")),
    row("rate_limit", &[Task], &[], Form::Call("10, per = \"1m\", by = argument")),
    row("debounce", &[Task], &[], Form::Call("\"2s\", by = argument")),
    row("cooldown", &[Task], &[], Form::Call("\"2s\", by = argument")),
    row("priority", &[Task], &[], Form::OneOf(PRIORITIES)),
    row("logged", &[Task], &[], Form::List("argument, …")),
    row("shared", &[Dependency], &[], Form::Marker),
    row("crate", &[Tool, Resource, Prompt, Task, Dependency, Completion, Event, Skill, Tools, Data], &[], Form::Path("some::path")),

    row("default", &[Argument], &[], Form::Expression("…")),
    row("rename", &[Argument], &["alias"], Form::Text),
    row("min", &[Argument], &[], Form::Expression("1")),
    row("max", &[Argument], &[], Form::Expression("10")),
    row("range", &[Argument], &["ge", "minimum", "le", "maximum"], Form::Range("1..=10")),
    row("length", &[Argument], &[], Form::Range("1..=100")),
    row("pattern", &[Argument], &["regex"], Form::Text),
    row("examples", &[Argument], &[], Form::List("…, …")),
    row("deprecated", &[Argument], &[], Form::Marker),
    row("header", &[Argument], &[], Form::Text),
    row("complete", &[Argument], &[], Form::Path("function")),
    row("ask", &[Argument], &[], Form::Text),

    row("read_only", &[ToolAnnotations], &["readonly", "readOnly", "readOnlyHint", "read_only_hint"], Form::Flag),
    row("destructive", &[ToolAnnotations], &["destructive_hint", "destructiveHint"], Form::Flag),
    row("idempotent", &[ToolAnnotations], &["idempotent_hint", "idempotentHint"], Form::Flag),
    row("open_world", &[ToolAnnotations], &["open_world_hint", "openWorldHint"], Form::Flag),
    row("audience", &[ResourceAnnotations], &[], Form::List("\"user\"")),
    row("priority", &[ResourceAnnotations], &[], Form::Expression("0.8")),
    row("last_modified", &[ResourceAnnotations], &["lastModified"], Form::Text),
    row("required", &[ToolTask], &[], Form::Marker),
    row("poll", &[ToolTask], &[], Form::Duration),
    row("ttl", &[ToolTask], &[], Form::Duration),

    row("resource", &[ToolUi], &[], Form::Text),
    row("app_only", &[ToolUi], &["visibility", "app"], Form::Marker),
    row("model_only", &[ToolUi], &["model"], Form::Marker),
    row("connect", &[Csp], &["connect_domains", "connectDomains", "connect_src"], Form::List("\"https://api.example.com\"")),
    row("resource", &[Csp], &["resource_domains", "resourceDomains", "script_src", "style_src", "img_src", "font_src"], Form::List("\"https://cdn.example.com\"")),
    row("frame", &[Csp], &["frame_domains", "frameDomains", "frame_src"], Form::List("\"https://player.example.com\"")),
    row("base_uri", &[Csp], &["base_uri_domains", "baseUriDomains"], Form::List("\"https://cdn.example.com\"")),
    row("camera", &[Permissions], &[], Form::Marker),
    row("microphone", &[Permissions], &[], Form::Marker),
    row("geolocation", &[Permissions], &[], Form::Marker),
    row("clipboard_write", &[Permissions], &["clipboardWrite", "clipboard"], Form::Marker),

    row("attempts", &[Retry], &[], Form::Expression("3")),
    row("delay", &[Retry], &[], Form::Duration),
    row("backoff", &[Retry], &[], Form::Range("\"1s\"..\"1m\"")),
    row("jitter", &[Retry], &[], Form::Marker),
    row("only_if", &[Retry], &[], Form::Path("function")),
    row("every", &[Perpetual], &[], Form::Duration),
    row("tz", &[Cron], &["timezone"], Form::Text),
    row("automatic", &[Perpetual, Cron], &[], Form::Marker),
    row("per", &[Concurrency], &[], Form::Path("argument")),
    row("per", &[RateLimit], &[], Form::Duration),
    row("by", &[RateLimit, Debounce, Cooldown], &[], Form::Path("argument")),
];

const fn row(
    name: &'static str,
    owners: &'static [Owner],
    aliases: &'static [&'static str],
    form: Form,
) -> Spec {
    Spec {
        name,
        owners,
        aliases,
        form,
    }
}

/// Finds the option called `name` of `owner`.
pub(crate) fn find(owner: Owner, name: &str) -> Option<&'static Spec> {
    options_of(owner).find(|spec| spec.name == name)
}

/// Iterates over the options of `owner`.
pub(crate) fn options_of(owner: Owner) -> impl Iterator<Item = &'static Spec> {
    TABLE
        .iter()
        .filter(move |spec| spec.owners.contains(&owner))
}

/// Returns the name of the option that has `alias`.
pub(crate) fn aliased(alias: &str) -> Option<&'static str> {
    let spec = TABLE.iter().find(|spec| spec.aliases.contains(&alias))?;
    Some(spec.name)
}

impl Spec {
    /// Returns an example of the option with a value.
    pub(crate) fn usage(&self) -> String {
        let name = self.name;
        match self.form {
            Form::Flag | Form::Marker | Form::OneOf(_) => name.to_owned(),
            Form::Text => format!("{name} = \"…\""),
            Form::Duration => format!("{name} = \"30s\""),
            Form::Size => format!("{name} = \"100kB\""),
            Form::Json | Form::Schema => format!("{name} = {{ \"key\": \"value\" }}"),
            Form::Expression(example) | Form::Range(example) | Form::Path(example) => {
                format!("{name} = {example}")
            }
            Form::List(example) | Form::Group(example) | Form::Call(example) => {
                format!("{name}({example})")
            }
        }
    }

    /// Returns the error message for a value of another form.
    pub(crate) fn refusal(&self) -> String {
        let Self { name, form, .. } = self;
        let usage = self.usage();
        let takes = match form {
            Form::Flag => {
                return format!("option `{name}` is a flag: write `{name}` or `{name} = false`");
            }
            Form::OneOf(forms) => return format!("option `{name}` is written {forms}"),
            Form::Json => {
                return format!(
                    "option `{name}` takes a JSON object: write `{usage}`, or an expression that \
                     returns one"
                );
            }
            Form::Schema => {
                return format!(
                    "option `{name}` takes a type or a JSON object: write `{name} = Type` or \
                     `{usage}`"
                );
            }
            Form::Text => "a string",
            Form::Marker => "no value",
            Form::Expression(_) | Form::Call(_) => "a value",
            Form::Range(_) => "a range",
            Form::Duration => "a duration with its unit",
            Form::Size => "a size with its unit",
            Form::List(_) => "a list",
            Form::Group(_) => "options",
            Form::Path(_) => "a path",
        };
        format!("option `{name}` takes {takes}: write `{usage}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_has_each_option_once() {
        for (index, spec) in TABLE.iter().enumerate() {
            for other in &TABLE[index + 1..] {
                let is_shared = |owner| other.owners.contains(owner);
                assert!(
                    spec.name != other.name || !spec.owners.iter().any(is_shared),
                    "`{}` has two rows of one owner",
                    spec.name
                );
            }
        }
    }

    #[test]
    fn no_alias_is_the_name_of_an_option() {
        for alias in TABLE.iter().flat_map(|spec| spec.aliases) {
            assert!(TABLE.iter().all(|spec| spec.name != *alias), "{alias}");
        }
    }
}

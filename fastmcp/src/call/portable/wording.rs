//! States limits and defaults in words, the only form of them that every model sees.

use serde_json::{Map, Value};

use crate::call::portable::nodes::{describe, type_of};
use crate::call::portable::numbers::is_limit_of_type;

/// The formats that hosts know. `email` is not one of them: pydantic checks it by a package that is not
/// installed with autogen-ext, which then loses all tools.
const FORMATS: [&str; 8] = [
    "date-time",
    "date",
    "time",
    "duration",
    "uuid",
    "ipv4",
    "ipv6",
    "uri",
];
/// The longest default, as JSON, that a description repeats.
const MAX_DEFAULT: usize = 100;

/// Replaces a format that hosts do not know by a word in the description.
pub(crate) fn format(schema: &mut Map<String, Value>) {
    let Some(format) = schema
        .get("format")
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return;
    };
    if FORMATS.contains(&format.as_str()) {
        return;
    }
    schema.remove("format");
    describe(schema, &format!("Format: {format}."));
}

/// States the type of the values of a map, which strict hosts do not show.
pub(crate) fn map_values(schema: &mut Map<String, Value>) {
    let Some(Value::Object(values)) = schema.get("additionalProperties") else {
        return;
    };
    let names = values.get("enum").and_then(Value::as_array);
    let words = match (type_of(values), names) {
        (_, Some(names)) => {
            let names: Vec<String> = names.iter().map(Value::to_string).collect();
            format!("one of {}", names.join(", "))
        }
        (Some("string"), _) => "a string".to_owned(),
        (Some("integer"), _) => "an integer".to_owned(),
        (Some("number"), _) => "a number".to_owned(),
        (Some("boolean"), _) => "`true` or `false`".to_owned(),
        (Some("array"), _) => "a list".to_owned(),
        (Some("object"), _) => "an object".to_owned(),
        _ => return,
    };
    let subject = if schema.contains_key("properties") {
        "The value of each other name is"
    } else {
        "A map: each value is"
    };
    describe(schema, &format!("{subject} {words}."));
}

/// Adds a sentence for each limit, and for the default, unless the description states them. The
/// length of a tuple is stated by the list of its members.
pub(crate) fn limits(schema: &mut Map<String, Value>, is_tuple: bool) {
    let mut sentences = Vec::new();
    sentences.extend(range(schema));
    if let Some(step) = schema.get("multipleOf") {
        sentences.push(format!("A multiple of {step}."));
    }
    sentences.extend(count(schema, "minLength", "maxLength", "character"));
    if !is_tuple {
        sentences.extend(count(schema, "minItems", "maxItems", "item"));
    }
    sentences.extend(count(schema, "minProperties", "maxProperties", "entry"));
    let description = schema.get("description").and_then(Value::as_str);
    let description = description.unwrap_or_default().to_lowercase();
    sentences.retain(|sentence| !states(&description, sentence));
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && !description.contains(&pattern.to_lowercase())
    {
        sentences.push(format!("Matches the regular expression `{pattern}`."));
    }
    if let Some(default) = schema.get("default") {
        let shown = default.to_string();
        let text = default
            .as_str()
            .map_or_else(|| shown.clone(), str::to_owned);
        let is_stated = description.contains("default")
            && description.contains(text.trim().to_lowercase().as_str());
        if shown.len() <= MAX_DEFAULT && !is_stated {
            sentences.push(format!("Default: {shown}."));
        }
    }
    for sentence in sentences {
        describe(schema, &sentence);
    }
}

/// Returns `true` if a description, in lower case, states the limit of a sentence in other words:
/// both numbers of a range, or one number beside a comparison.
fn states(description: &str, sentence: &str) -> bool {
    const COMPARISONS: [&str; 19] = [
        "at least", "at most", "no more", "no less", "up to", "more", "less", "fewer", "max",
        "min", "above", "below", "under", "over", "limit", "exactly", "from", "between", "than",
    ];
    let numbers = |text: &str| -> Vec<String> {
        let is_number = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == '-';
        let tokens = text.split(|letter| !is_number(letter));
        let tokens = tokens.map(|token| token.trim_end_matches(['.', '-']));
        let tokens = tokens.filter(|token| !token.is_empty());
        tokens.map(str::to_owned).collect()
    };
    // `1-50` is a range, not the number minus fifty.
    let spaced = description.replace('-', " -");
    let stated = [numbers(description), numbers(&spaced)].concat();
    let limits = numbers(sentence);
    let is_stated =
        |limit: &String| stated.contains(limit) || stated.contains(&format!("-{limit}"));
    let has_comparison = || COMPARISONS.iter().any(|it| description.contains(it));
    !limits.is_empty() && limits.iter().all(is_stated) && (limits.len() > 1 || has_comparison())
}

/// Returns the sentence about the range of a number, except for the range of its type.
fn range(schema: &Map<String, Value>) -> Option<String> {
    let limit = |key: &str| {
        let limit = schema.get(key).filter(|it| it.is_number())?;
        (!is_limit_of_type(schema, limit)).then_some(limit)
    };
    // Every unsigned type has this limit.
    let is_trivial = |least: &Value| {
        type_of(schema) == Some("integer")
            && *least == 0
            && schema
                .get("maximum")
                .is_none_or(|most| is_limit_of_type(schema, most))
    };
    Some(match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) => format!("From {least} to {most}."),
        (Some(least), None) if !is_trivial(least) => format!("At least {least}."),
        (None, Some(most)) => format!("At most {most}."),
        _ => return None,
    })
}

fn count(schema: &Map<String, Value>, min: &str, max: &str, noun: &str) -> Option<String> {
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    let plural = |n: u64| match (n, noun) {
        (1, noun) => noun.to_owned(),
        (_, "entry") => "entries".to_owned(),
        (_, noun) => format!("{noun}s"),
    };
    Some(match (number(min), number(max)) {
        (Some(least), Some(most)) if least == most => format!("Exactly {least} {}.", plural(least)),
        (Some(least), Some(most)) => format!("{least} to {most} {}.", plural(most)),
        (Some(least), None) if least > 0 => format!("At least {least} {}.", plural(least)),
        (None, Some(most)) => format!("At most {most} {}.", plural(most)),
        _ => return None,
    })
}

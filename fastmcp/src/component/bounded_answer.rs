//! Bounds the answer of a tool (`max_answer`): cuts text, and replaces structured content by a summary.

use std::fmt::Write as _;

use serde_json::Value;

use crate::component::answer_store::KEPT_FOR;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::{ContentBlock, Resource};

/// The number of members that a summary lists.
const MAX_LISTED: usize = 20;

/// The maximum length of a name in a summary.
const MAX_NAME: usize = 60;

/// A limit of an answer.
pub(crate) struct AnswerLimit {
    /// The maximum size of the text, and of the structured content.
    pub(crate) bytes: usize,
    /// Whether the tool lists a schema of its structured content. Clients refuse a result without the
    /// content that the schema promises, except if it is an error.
    pub(crate) has_schema: bool,
}

impl AnswerLimit {
    /// Returns the result with an answer within the limit. `keep` stores the whole answer of a MIME
    /// type and returns its URI. Images and other blocks than text are not counted.
    pub(crate) fn apply(
        &self,
        mut result: ToolResult,
        keep: impl FnOnce(String, &'static str) -> Option<String>,
    ) -> ToolResult {
        let texts = result.content.iter().filter_map(text_of);
        let text_size: usize = texts.clone().map(str::len).sum();
        let structured = result.structured_content.as_ref().map(Value::to_string);
        let structured_size = structured.as_ref().map_or(0, String::len);
        if text_size.max(structured_size) <= self.bytes {
            return result;
        }
        let (text, link) = match (structured, &result.structured_content) {
            (Some(json), Some(value)) => {
                let size = json.len();
                let uri = keep(json, "application/json");
                let text = self.summary(value, size, uri.as_deref());
                (text, uri.map(|uri| link(uri, size, "application/json")))
            }
            _ => {
                let whole = texts.collect::<Vec<_>>().join("\n");
                let uri = keep(whole.clone(), "text/plain");
                let text = self.cut(&whole, uri.as_deref());
                let size = whole.len();
                (text, uri.map(|uri| link(uri, size, "text/plain")))
            }
        };
        let others = result
            .content
            .into_iter()
            .filter(|it| text_of(it).is_none());
        let blocks = [ContentBlock::text(text)].into_iter().chain(link);
        result.content = blocks.chain(others).collect();
        if result.structured_content.take().is_some() {
            result.is_error |= self.has_schema;
        }
        result
    }

    /// Returns the start of a text, and a line that says what was cut.
    fn cut(&self, whole: &str, uri: Option<&str>) -> String {
        let note = |shown: usize| {
            let size = whole.len();
            format!("\n[cut: {shown} of {size} bytes are shown; {}]", rest(uri))
        };
        let room = self.bytes.saturating_sub(note(whole.len()).len());
        let shown = whole.floor_char_boundary(room);
        format!("{}{}", &whole[..shown], note(shown))
    }

    /// Describes structured content that is too large.
    fn summary(&self, value: &Value, size: usize, uri: Option<&str>) -> String {
        let mut summary = format!(
            "The answer has {size} bytes of JSON, and this tool sends at most {}. It is {}",
            self.bytes,
            kind(value)
        );
        if let Value::Object(map) = value {
            for (name, value) in map.iter().take(MAX_LISTED) {
                let name = &name[..name.floor_char_boundary(MAX_NAME)];
                let size = value.to_string().len();
                let _ = write!(summary, "\n- {name}: {}, {size} bytes", kind(value));
            }
            if map.len() > MAX_LISTED {
                let _ = write!(summary, "\n- {} more", map.len() - MAX_LISTED);
            }
        }
        let _ = write!(summary, "\n[not shown; {}]", rest(uri));
        summary
    }
}

/// Describes how to get the whole answer.
fn rest(uri: Option<&str>) -> String {
    match uri {
        Some(uri) => format!(
            "for the next {} minutes, resources/read returns the whole answer at {uri}",
            KEPT_FOR.as_secs() / 60
        ),
        None => "the whole answer is too large to be kept; ask for less".to_owned(),
    }
}

fn link(uri: String, size: usize, mime_type: &str) -> ContentBlock {
    let mut resource = Resource::new(uri, "whole answer");
    resource.mime_type = Some(mime_type.to_owned());
    resource.size = u64::try_from(size).ok();
    ContentBlock::resource_link(resource)
}

fn text_of(block: &ContentBlock) -> Option<&str> {
    block.as_text().map(|text| text.text.as_str())
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("an array of {} elements", values.len()),
        Value::Object(map) => format!("an object of {} members", map.len()),
        Value::String(_) => "a string".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Null => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounded(bytes: usize, has_schema: bool, result: ToolResult) -> (ToolResult, String) {
        let limit = AnswerLimit { bytes, has_schema };
        let mut kept = String::new();
        let result = limit.apply(result, |whole, _| {
            kept = whole;
            Some("answer://a".to_owned())
        });
        (result, kept)
    }

    #[test]
    fn an_answer_within_the_limit_is_unchanged() {
        let result = ToolResult::text("ä".repeat(50)).with_structured_content(json!({ "a": 1 }));
        assert_eq!(bounded(100, true, result.clone()), (result, String::new()));
    }

    #[test]
    fn text_is_cut_between_characters_with_a_note() {
        let whole = "ä".repeat(500);
        let image = ContentBlock::image("x".repeat(1000), "image/png");
        let result = ToolResult::new([ContentBlock::text(&*whole), image.clone()]);
        for bytes in 300..310 {
            let (result, kept) = bounded(bytes, true, result.clone());
            assert_eq!(kept, whole);
            let text = text_of(&result.content[0]).unwrap();
            assert!(text.len() <= bytes && text.len() > bytes - 8, "{text}");
            let shown = text.chars().take_while(|it| *it == 'ä').count() * 2;
            let note = format!("\n[cut: {shown} of 1000 bytes are shown; for the next 10 minutes,");
            assert!(text.contains(&note), "{text}");
            assert_eq!(
                result.content[1].as_resource_link().unwrap().size,
                Some(1000)
            );
            assert_eq!(result.content[2], image);
            assert!(!result.is_error);
        }
    }

    #[test]
    fn structured_content_is_replaced_as_a_whole() {
        let value = json!({ "rows": vec![1; 300], "ö".repeat(90): "x" });
        let result = ToolResult::text(value.to_string()).with_structured_content(value.clone());
        let (plain, kept) = bounded(100, false, result.clone());
        assert_eq!(kept, value.to_string());
        assert_eq!(plain.structured_content, None);
        assert!(!plain.is_error);
        let text = text_of(&plain.content[0]).unwrap();
        assert!(
            text.contains("- rows: an array of 300 elements, 601 bytes"),
            "{text}"
        );
        assert!(text.contains("answer://a"), "{text}");
        assert!(plain.content[1].as_resource_link().is_some());
        let (listed, _) = bounded(100, true, result);
        assert!(listed.is_error, "a client requires the listed content");
    }
}

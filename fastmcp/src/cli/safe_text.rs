//! Makes text of servers harmless: a terminal interprets control characters as commands.

use std::borrow::Cow;
use std::fmt::Write;

use serde::Serialize;

/// Returns whether a terminal may interpret the character, or shows text in another order or not at all.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Directions, which let text look like other text (Unicode TR 36, "Bidirectional Text Spoofing").
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Separators of lines, and characters without width.
            | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn neutralized(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let is_changed = |character| is_unsafe(character) && !is_kept(character);
    if !text.chars().any(is_changed) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_changed(character) {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Returns text for one line. Line breaks and tabs become spaces, and control characters escapes such as `\u{1b}`.
pub(crate) fn line(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    neutralized(&text.join(" "), |_| false).into_owned()
}

/// Returns text of several lines. Line breaks and tabs are kept.
pub(crate) fn lines(text: &str) -> String {
    // A carriage return alone would overwrite the line.
    let text = text.replace("\r\n", "\n");
    neutralized(&text, |character| matches!(character, '\n' | '\t')).into_owned()
}

/// Returns a value as indented JSON, in which control characters are escapes. It is equal JSON.
pub(crate) fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    escaped(&text)
}

/// Returns a value as JSON on one line; see [`json`].
pub(crate) fn json_line(value: &impl Serialize) -> String {
    escaped(&serde_json::to_string(value).unwrap_or_default())
}

/// Escapes the control characters that JSON allows in strings, such as `U+009B`, which begins a command as `ESC [` does.
fn escaped(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for character in json.chars() {
        // Outside of strings, JSON of this program has only the line breaks and spaces of its layout.
        if character == '\n' || !is_unsafe(character) {
            safe.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(safe, "\\u{unit:04x}");
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_reaches_a_terminal() {
        let hostile = "a\x1b]0;title\x07b\u{9b}31mc\u{202e}d\re\x7f\u{e0041}";
        for text in [
            line(hostile),
            lines(hostile),
            json(&hostile),
            json_line(&hostile),
        ] {
            assert!(!text.chars().any(is_unsafe), "{text:?}");
        }
        assert_eq!(line("two\nlines\tof  text"), "two lines of text");
        assert_eq!(lines("two\r\nlines\tof text"), "two\nlines\tof text");
        assert_eq!(line("\x1b[2J"), "\\u{1b}[2J");
        let back: String = serde_json::from_str(&json(&hostile)).unwrap();
        assert_eq!(back, hostile);
    }
}

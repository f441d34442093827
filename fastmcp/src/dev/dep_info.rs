//! Reads the list of files that the compiler has read.

use std::path::{Path, PathBuf};

/// Returns the files that the compiler has read, from the `.d` file of a program.
pub(super) fn dep_info(executable: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(executable.with_extension("d")).unwrap_or_default();
    parse(&text)
}

/// Parses a rule of make, `program: source source`, in which spaces of names are escaped.
fn parse(text: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in text.lines() {
        // A colon may also be part of a Windows path, `C:\…`.
        let Some((_, sources)) = line.split_once(": ") else {
            continue;
        };
        let mut name = String::new();
        let mut chars = sources.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '\\' if chars.peek() == Some(&' ') => name.extend(chars.next()),
                ' ' => files.push(PathBuf::from(std::mem::take(&mut name))),
                char => name.push(char),
            }
        }
        files.push(PathBuf::from(name));
    }
    files.retain(|file| !file.as_os_str().is_empty());
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_compiler_may_have_spaces() {
        let text = "/t/debug/my\\ app: /w/src/main.rs /w/my\\ data/a.txt C:\\w\\b.rs\n";
        let files = ["/w/src/main.rs", "/w/my data/a.txt", "C:\\w\\b.rs"].map(PathBuf::from);
        assert_eq!(parse(text), files);
        assert!(parse("").is_empty());
    }
}

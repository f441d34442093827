//! Media types of the files of skills, by their extension.

/// The media type of a folder.
pub(crate) const DIRECTORY: &str = "inode/directory";
/// The media type of a `SKILL.md`.
pub(crate) const MARKDOWN: &str = "text/markdown";

/// Returns the media type of a file.
pub(crate) fn of(path: &str, is_text: bool) -> &'static str {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match (extension.to_ascii_lowercase().as_str(), is_text) {
        ("md" | "markdown", true) => MARKDOWN,
        ("html" | "htm", true) => "text/html",
        ("css", true) => "text/css",
        ("csv", true) => "text/csv",
        ("js" | "mjs" | "cjs", true) => "text/javascript",
        ("json", true) => "application/json",
        ("yaml" | "yml", true) => "application/yaml",
        ("toml", true) => "application/toml",
        ("xml", true) => "application/xml",
        ("svg", true) => "image/svg+xml",
        ("sh" | "bash", true) => "application/x-sh",
        ("py", true) => "text/x-python",
        (_, true) => "text/plain",
        ("png", false) => "image/png",
        ("jpg" | "jpeg", false) => "image/jpeg",
        ("gif", false) => "image/gif",
        ("webp", false) => "image/webp",
        ("pdf", _) => "application/pdf",
        ("zip", false) => "application/zip",
        (_, false) => "application/octet-stream",
    }
}

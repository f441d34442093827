"""A preprocessor of mdBook for pages that are written for rustdoc.

Links to pages of the guide become links between chapters. Links to items of the crate become searches of its API
documentation, which has to be beside the book, in `doc/fastmcp`. Code blocks without a language are Rust.
"""

import json
import pathlib
import re
import sys

PAGES = pathlib.Path(__file__).parent.parent / "fastmcp/docs"
API = "../doc/fastmcp/index.html?search="


def link(target: str, depth: int) -> str:
    up = "../" * depth
    page, _, anchor = target.removeprefix("crate::").partition("#")
    anchor = f"#{anchor}" if anchor else ""
    if page.startswith("guide::"):
        return f"{up}{page.removeprefix('guide::')}.md{anchor}"
    if page.startswith("macro@"):
        return f"{up}attributes/{page.removeprefix('macro@').rsplit('::', 1)[-1]}.md"
    return f"{up}{API}{page.rsplit('@', 1)[-1].replace('::', '%3A%3A')}"


def rewrite(content: str, path: str) -> str:
    depth = path.count("/")
    lines, language = [], None
    for line in content.split("\n"):
        fence = re.match(r"\s*```(.*)$", line)
        if fence and language is None:
            language = fence[1].strip()
            words = language.split(",")
            if words[0] in ("", "standalone_crate", "no_run", "ignore", "should_panic"):
                line = line.replace("```" + fence[1], "```rust")
            elif words[0] == "rust":
                line = line.replace("```" + fence[1], "```rust")
        elif fence:
            language = None
        elif language is None:
            line = re.sub(
                r"\]\(((?:macro@)?crate::[^)]+)\)",
                lambda it: f"]({link(it[1].replace('macro@crate', 'crate::macro@'), depth)})",
                line,
            )
        lines.append(line)
    return "\n".join(lines)


def visit(item: object) -> None:
    if isinstance(item, dict) and "Chapter" in item:
        chapter = item["Chapter"]
        path = chapter["path"] or ""
        content = chapter["content"]
        if path.startswith("attributes/"):
            # rustdoc shows both files below the name of the attribute.
            examples = PAGES / path.replace(".md", "_examples.md")
            content = f"# `#[{chapter['name']}]`\n\n{content}"
            if examples.exists():
                content += f"\n\n{examples.read_text().replace('# ', '## ', 1)}"
        chapter["content"] = rewrite(content, path)
        for child in chapter["sub_items"]:
            visit(child)


def main() -> None:
    if len(sys.argv) > 1 and sys.argv[1] == "supports":
        return
    _, book = json.load(sys.stdin)
    for item in book.get("items", book.get("sections", [])):
        visit(item)
    json.dump(book, sys.stdout)


main()

//! [`Table`]: rows of text in aligned columns.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cli::safe_text;
use crate::cli::terminal::{Screen, Style};

/// The narrowest last column before it is not cut any more.
const LEAST_WIDTH: usize = 20;

/// One cell.
#[derive(Debug)]
pub(crate) struct Cell {
    text: String,
    style: Style,
    is_right: bool,
}

impl Cell {
    pub(crate) fn new(style: Style, text: impl AsRef<str>) -> Self {
        Self {
            text: safe_text::line(text.as_ref()),
            style,
            is_right: false,
        }
    }

    pub(crate) fn plain(text: impl AsRef<str>) -> Self {
        Self::new(Style::Plain, text)
    }

    pub(crate) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// A cell that is aligned to the right.
    pub(crate) fn number(number: impl ToString) -> Self {
        Self {
            is_right: true,
            ..Self::plain(number.to_string())
        }
    }
}

/// Rows of text in aligned columns, with two spaces between them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn with_heading(heading: &[&str]) -> Self {
        let mut table = Self::default();
        table.row(heading.iter().map(|it| Cell::new(Style::Faint, it)));
        table
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Returns the lines. On a terminal, the last column is cut at its edge.
    pub(crate) fn render(&self, screen: &Screen, indent: usize) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.text.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(indent);
            let mut at = indent;
            for (column, cell) in row.iter().enumerate() {
                let is_last = column + 1 == row.len();
                let rest = screen.width.saturating_sub(at).max(LEAST_WIDTH);
                let shown = if is_last && screen.is_terminal {
                    cut(&cell.text, rest)
                } else {
                    cell.text.clone()
                };
                let space = " ".repeat(widths[column].saturating_sub(shown.width()));
                let painted = screen.paint(cell.style, &shown);
                match (cell.is_right, is_last) {
                    (true, _) => line.extend([space.as_str(), &painted]),
                    (false, true) => line.push_str(&painted),
                    (false, false) => line.extend([painted.as_str(), &space]),
                }
                if !is_last {
                    line.push_str("  ");
                }
                at += widths[column] + 2;
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Returns the beginning of `text` that fits, with a mark if something is left out.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character.width().unwrap_or(0);
        if used > width {
            break;
        }
        short.push(character);
    }
    short.push('…');
    short
}

//! The difference of two texts, by lines.

use std::fmt::Write as _;

/// The number of equal lines around a difference that are shown.
const CONTEXT: usize = 3;

/// One line of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Both(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// Returns the lines that differ, with `-` before those of `before` and `+` before those of `after`, and some equal lines
/// around them.
pub(super) fn difference(before: &str, after: &str) -> String {
    let lines = lines(before, after);
    let differs: Vec<bool> = lines
        .iter()
        .map(|line| !matches!(line, Line::Both(_)))
        .collect();
    let mut text = String::new();
    let mut is_skipping = false;
    for (index, line) in lines.iter().enumerate() {
        let (from, to) = (index.saturating_sub(CONTEXT), index + CONTEXT + 1);
        let is_near = differs[from..to.min(lines.len())].contains(&true);
        if is_near {
            let (sign, line) = match line {
                Line::Both(line) => (' ', line),
                Line::Removed(line) => ('-', line),
                Line::Added(line) => ('+', line),
            };
            let _ = writeln!(text, "{sign} {line}");
        } else if !is_skipping {
            text.push_str("  …\n");
        }
        is_skipping = !is_near;
    }
    text
}

/// Aligns the lines of two texts by a longest common subsequence. Equal lines at both ends are not compared, because the
/// table has a cell for each pair of lines.
fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tails = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = tails.take_while(|(a, b)| a == b).count();
    let (old_part, new_part) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let width = new_part.len() + 1;
    let mut lengths = vec![0_usize; (old_part.len() + 1) * width];
    for i in (0..old_part.len()).rev() {
        for j in (0..new_part.len()).rev() {
            lengths[i * width + j] = if old_part[i] == new_part[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let mut aligned: Vec<Line<'a>> = old[..head].iter().map(|line| Line::Both(line)).collect();
    let (mut i, mut j) = (0, 0);
    while i < old_part.len() || j < new_part.len() {
        if i < old_part.len() && j < new_part.len() && old_part[i] == new_part[j] {
            aligned.push(Line::Both(old_part[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new_part.len()
            || (i < old_part.len() && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
        {
            aligned.push(Line::Removed(old_part[i]));
            i += 1;
        } else {
            aligned.push(Line::Added(new_part[j]));
            j += 1;
        }
    }
    aligned.extend(old[old.len() - tail..].iter().map(|line| Line::Both(line)));
    aligned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_are_shown_with_the_lines_around_them() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj";
        let after = "a\nb\nc\nd\ne\nf\ng\nX\ni\nj\nk";
        assert_eq!(
            difference(before, after),
            "  …\n  e\n  f\n  g\n- h\n+ X\n  i\n  j\n+ k\n"
        );
    }

    #[test]
    fn applying_a_difference_gives_the_other_text() {
        let texts = ["", "a", "a\nb", "b\na", "a\na\nb", "x\ny\nz", "a\nx\nb\ny"];
        for before in texts {
            for after in texts {
                let lines = lines(before, after);
                let side = |skip: fn(&Line<'_>) -> bool| {
                    let kept = lines.iter().filter(|line| !skip(line));
                    let kept = kept.map(|line| match line {
                        Line::Both(line) | Line::Removed(line) | Line::Added(line) => *line,
                    });
                    kept.collect::<Vec<_>>().join("\n")
                };
                assert_eq!(side(|line| matches!(line, Line::Added(_))), before);
                assert_eq!(side(|line| matches!(line, Line::Removed(_))), after);
            }
        }
    }
}

//! The option `allow("code")`: the lints that a tool does not report.

use syn::{Expr, ExprLit, Lit, LitStr};

use crate::errors::Errors;
use crate::parse::options::Options;

/// The code of the rule about names of tools.
const TOOL_NAME: &str = "tool-name";

/// The codes that a tool can allow. A test compares them with the table of rules in `fastmcp`.
pub(crate) const CODES: &[&str] = &[
    "any-json",
    "flattened-enum",
    "flattened-map",
    "large-schema",
    "leading-underscore",
    "long-description",
    "long-tool-name",
    "missing-description",
    "mixed-list",
    "recursive-type",
    "reference",
    "similar-names",
    "tagged-enum",
    TOOL_NAME,
    "unenforced-limit",
    "unsupported-keyword",
    "untagged-enum",
    "wide-integer",
];

/// The codes that an attribute allows.
#[derive(Default)]
pub(crate) struct Allow(pub(crate) Vec<LitStr>);

impl Allow {
    /// Reads the option; unknown codes go into `errors`.
    pub(super) fn read(options: &mut Options, errors: &mut Errors) -> Self {
        let mut codes: Vec<LitStr> = Vec::new();
        for expr in options.list("allow", errors) {
            let Expr::Lit(ExprLit {
                lit: Lit::Str(code),
                ..
            }) = expr
            else {
                errors.at(
                    &expr,
                    "a lint is a string literal: `allow(\"wide-integer\")`",
                );
                continue;
            };
            let text = code.value();
            if !CODES.contains(&text.as_str()) {
                let message = unknown(&text);
                errors.at(code, message);
            } else if codes.iter().any(|other| other.value() == text) {
                errors.at(
                    code,
                    format!("lint `{text}` is given twice: remove one of them"),
                );
            } else {
                codes.push(code);
            }
        }
        Self(codes)
    }

    /// Returns `true` if the tool may have a name that some hosts refuse.
    pub(super) fn any_name(&self) -> bool {
        self.0.iter().any(|code| code.value() == TOOL_NAME)
    }
}

fn unknown(code: &str) -> String {
    let nearest = CODES
        .iter()
        .map(|known| (strsim::jaro_winkler(code, known), known))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, known)) => format!("unknown lint `{code}`; did you mean `{known}`?"),
        None => {
            let known: Vec<String> = CODES.iter().map(|known| format!("`{known}`")).collect();
            format!("unknown lint `{code}`; the lints are {}", known.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_the_lints_of_the_table_of_rules() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../fastmcp/src/call/portable/rules.rs"
        );
        let source = std::fs::read_to_string(path).expect("the table of rules");
        let rows = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("rule(\""));
        let mut codes: Vec<&str> = rows
            .filter(|row| row.contains("Remedy::Linted") || row.contains("Remedy::Allowed"))
            .filter_map(|row| row.split('"').next())
            // It is about all tools together, so no tool can allow it.
            .filter(|code| *code != "many-tokens")
            .collect();
        codes.sort_unstable();
        assert_eq!(codes, CODES);
    }
}

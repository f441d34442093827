//! Arguments that providers take, with the names and types that an expansion could confuse.

#![deny(warnings, missing_docs, unreachable_pub, clippy::pedantic)]
#![allow(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::ref_option,
    clippy::unused_self
)]

use fastmcp::prelude::*;

/// A module with the name of an argument.
pub mod filter {
    /// A filter.
    #[fastmcp::data]
    pub struct Filter {
        /// The text.
        pub text: String,
    }
}

/// The argument has the name of the provider, and of a module.
#[dependency]
pub fn filtered(#[argument] filter: &filter::Filter, #[argument] filtered: Option<bool>) -> usize {
    if filtered == Some(false) {
        return 0;
    }
    filter.text.len()
}

/// The name of the argument is a keyword.
#[dependency]
fn first(#[argument] r#type: &[String]) -> Option<String> {
    r#type.first().cloned()
}

/// Takes everything.
#[tool]
fn search(#[depends(filtered)] found: usize, #[depends(first)] kind: &Option<String>) -> String {
    format!("{found} {kind:?}")
}

struct Shop;

#[tools]
impl Shop {
    /// A method.
    #[tool]
    fn offers(&self, filter: filter::Filter, #[depends(filtered)] found: usize) -> usize {
        filter.text.len() + found
    }
}

/// A task has the arguments of its providers.
#[task]
async fn index(
    filter: filter::Filter,
    filtered: Option<bool>,
    #[depends(filtered)] found: usize,
) -> usize {
    filter.text.len() + found + usize::from(filtered.is_some())
}

fn main() {
    let text = filter::Filter {
        text: "tea".to_owned(),
    };
    assert_eq!(filtered(&text, None), 3);
    let _ = FastMcp::new("shop").state(Shop);
}

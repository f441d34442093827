//! Providers in every place: by path, renamed, local to a function, named like the parameter.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, clippy::pedantic)]
#![allow(
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::must_use_candidate
)]

use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;

mod std {}
mod core {}

/// A database.
pub mod db {
    use super::Scope;
    use fastmcp::prelude::*;

    /// A user type that is not `Clone`.
    #[derive(Debug)]
    pub struct Pool(
        /// Where the database is.
        pub String,
    );

    /// Opens the database.
    #[dependency(shared)]
    pub async fn database(scope: Scope<Pool>) {
        let ended = scope.provide(Pool("db".into())).await;
        drop(ended.value);
    }

    /// A row of the database.
    #[dependency]
    pub fn row(#[depends(database)] pool: &Pool) -> Result<usize, ::std::fmt::Error> {
        Ok(pool.0.len())
    }
}

use db::database as open;

/// Names as a slice.
#[fastmcp::dependency]
fn names() -> Vec<String> {
    vec!["a".into()]
}

/// A check without a value.
#[fastmcp::dependency]
async fn signed_in(context: &Context) -> Result<()> {
    context.debug("checked").await;
    Ok(())
}

#[fastmcp::tool]
async fn by_path(
    table: String,
    #[depends(crate::db::database)] pool: &db::Pool,
    #[depends(open)] again: &db::Pool,
    #[depends(self::db::row)] mut row: usize,
    #[depends(names)] names: &[String],
    #[depends(signed_in)] _signed_in: (),
) -> String {
    row += 1;
    format!("{table}{pool:?}{again:?}{row}{names:?}")
}

#[fastmcp::dependency]
fn r#type(#[depends(names)] source: Vec<String>, docket: Option<Docket>) -> u8 {
    u8::from(source.is_empty() && docket.is_none())
}

#[fastmcp::task]
async fn later(number: u32, #[depends(r#type)] r#type: u8) -> u32 {
    number + u32::from(r#type)
}

#[fastmcp::task]
async fn borrows(
    #[depends(crate::db::database)] pool: &db::Pool,
    suffix: String,
    #[depends(names)] names: &[String],
) -> String {
    format!("{pool:?}{names:?}{suffix}")
}

async fn adds(docket: Docket) -> Result<String> {
    Ok(docket.add(borrows)("x".into()).await?.result().await?)
}

fn main() {
    #[dependency]
    fn local() -> String {
        "local".into()
    }

    #[tool]
    fn within(#[depends(local)] value: String) -> String {
        value
    }

    let _ = (by_path, later, adds, within, r#type, db::row);
    let _ = FastMcp::new("test")
        .override_dependency::<local>(|| Ok("other".into()))
        .override_dependency::<open>(|| Ok(db::Pool(String::new())));
}

//! Runs the contract against the SQLite backend, with one file per docket. Time is paused, so no test depends on the speed
//! of the machine: it stands still while a transaction runs.

use fastmcp::docket::{Docket, DocketBuilder, Durability};

#[path = "../support/temporary.rs"]
mod temporary;

fn open(builder: DocketBuilder) -> Docket {
    builder
        .durability(Durability::Process)
        .sqlite(temporary::file("contract"))
        .expect("the path is valid")
}

crate::suite::contract!(
    crate::stage::Stage::new(crate::sqlite::open),
    start_paused = true
);

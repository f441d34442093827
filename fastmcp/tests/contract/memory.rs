//! The contract, kept in memory; time is paused, so that no test depends on how fast the machine is.

crate::suite::contract!(
    crate::stage::Stage::new(fastmcp::docket::DocketBuilder::memory),
    start_paused = true
);

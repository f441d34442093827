//! The contract on the memory backend. Time is paused, so no test depends on the speed of the machine.

crate::suite::contract!(
    crate::stage::Stage::new(fastmcp::docket::DocketBuilder::memory),
    start_paused = true
);

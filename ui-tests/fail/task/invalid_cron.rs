use fastmcp::prelude::*;

#[task(cron("60 * * * *"))]
async fn tidy() {}

fn main() {}

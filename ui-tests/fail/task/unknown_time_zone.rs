use fastmcp::prelude::*;

#[task(cron("0 3 * * *", tz = "Europe/Berlino"))]
async fn tidy() {}

fn main() {}

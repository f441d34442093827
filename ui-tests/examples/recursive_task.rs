//! A task that schedules itself, by its name and by its path.
use fastmcp::prelude::*;

#[task]
async fn halve(number: u64, docket: Docket) -> Result<u64> {
    if number > 1 {
        docket.add(halve)(number / 2).await?;
        docket.replace(self::halve, "half")(number / 4).await?;
    }
    Ok(number)
}

fn main() {}
